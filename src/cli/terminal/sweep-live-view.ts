import { createLogUpdate } from 'log-update';
import pc from 'picocolors';
import { formatDuration, formatFixed, plural } from '../../base/format.ts';
import type { TrialRow } from '../../orchestrator/index.ts';
import { bar } from './bar.ts';
import { axisCell } from './cell.ts';
import { fitted } from './fitted.ts';
import { describe, retryLine } from './sweep-line-view.ts';
import type { SweepView, SweepViewOptions } from './sweep-view.ts';
import { type Column, table } from './table.ts';
import { canRedraw, terminalSize } from './terminal-size.ts';
import { brokenLine } from './wide-table.ts';

/** A table that is redrawn while the sweep runs: what runs, what ended last, counts, and the time remaining. */
export function sweepLiveView(options: SweepViewOptions): SweepView {
  const draw = createLogUpdate(process.stderr, { showCursor: true });
  const started = performance.now();
  let paused: string | undefined;
  /** Rows that ended, the latest last. */
  const ended: TrialRow[] = [];
  const paint = () => {
    // Made smaller meanwhile.
    if (!canRedraw(process.stderr)) return draw.clear();
    draw(
      sweepFrame(options, ended, paused, (performance.now() - started) / 1000, terminalSize(process.stderr)),
    );
  };
  const keep = (line: string) => {
    draw.clear();
    process.stderr.write(`${line}\n`);
    paint();
  };
  const timer = setInterval(paint, 500);
  timer.unref();
  process.stderr.on('resize', paint);
  paint();
  return {
    started: paint,
    // The timer shows it.
    event: () => {},
    retry: (row, failure, { action, delay }) =>
      keep(pc.yellow(retryLine(row, failure.class, failure.message, action, delay))),
    ended: (row) => {
      ended.push(row);
      if (row.status === 'failed')
        keep(pc.red(`failed   ${describe(row)}  (${row.failure?.class}) ${row.failure?.message}`));
      else paint();
    },
    paused: (reason) => {
      paused = reason;
      keep(
        pc.yellow(
          reason === undefined ? 'The sweep continues.' : `Paused, running trials continue: ${reason}`,
        ),
      );
    },
    note: (line) => keep(pc.dim(line)),
    close: () => {
      clearInterval(timer);
      process.stderr.off('resize', paint);
      draw.clear();
      draw.done();
    },
  };
}

/** The table for a terminal of a size: never wider, and with its counts below it never higher. */
export function sweepFrame(
  { board, slots, sweep }: Pick<SweepViewOptions, 'board' | 'slots' | 'sweep'>,
  ended: readonly TrialRow[],
  paused: string | undefined,
  seconds: number,
  { columns, rows }: { columns: number; rows: number },
): string {
  const running = board.rows.filter(({ status }) => status === 'running' || status === 'retrying');
  const width = Math.max(10, columns - 1);
  const whole = (hidden: number) => summaryLines({ board, slots, sweep, hidden, paused, seconds, width });
  const broken = (hidden: number) => whole(hidden).flatMap((line) => brokenLine(line, width).split('\n'));
  const below = broken(running.length).length <= rows - 4 ? broken : whole;
  // Those, the header, and a line that stays free for the cursor.
  const room = Math.max(1, rows - below(running.length).length - 2);
  const shown = [...ended.slice(-Math.max(0, Math.min(5, room - running.length))), ...running].slice(-room);
  const hidden = running.length - shown.filter((row) => running.includes(row)).length;
  const lines = shown.length > 0 ? trialLines(shown, width) : [];
  return [...lines, ...below(hidden)].map((line) => fitted(line, width)).join('\n');
}

interface Summary extends Pick<SweepViewOptions, 'board' | 'slots' | 'sweep'> {
  hidden: number;
  paused: string | undefined;
  seconds: number;
  width: number;
}

/** The counts, and how far the sweep is. */
function summaryLines({ board, slots, sweep, hidden, paused, seconds, width }: Summary): string[] {
  const left = board.secondsLeft(slots);
  const counts = board.counts();
  const parts = [
    pc.bold(sweep),
    `${counts.finished + counts.linked} finished`,
    ...(counts.failed > 0 ? [pc.red(`${counts.failed} failed`)] : []),
    ...(counts.pruned > 0 ? [`${counts.pruned} stopped early`] : []),
    `${counts.running} running${hidden > 0 ? ` (${hidden} not shown)` : ''}`,
    ...(counts.retrying > 0 ? [`${counts.retrying} to be retried`] : []),
    `${counts.waiting} waiting`,
  ];
  const { total } = board;
  const progress = Number.isFinite(total)
    ? `${bar(board.ended() / total, Math.min(30, Math.max(5, width - 50)))} ${board.ended()} of ${total}`
    : plural(board.ended(), 'trial');
  const times = `${left === undefined ? '' : `${formatDuration(left)} remaining  `}${formatDuration(seconds)}`;
  return [parts.join('  '), `${progress}  ${times}${paused === undefined ? '' : pc.yellow('  paused')}`];
}

/** Columns below which the start of a trial's id stands for it. */
const NARROW = 30;

function trialLines(rows: readonly TrialRow[], width: number): string[] {
  const axes = [...new Set(rows.flatMap(({ trial }) => Object.keys(trial.axes)))];
  const seeds = new Set(rows.map(({ trial }) => trial.seed)).size > 1;
  const columns: Column[] = [
    { title: 'trial' },
    // `optimizer.lr` as `lr`: the whole path is in the results.
    ...axes.map((axis, i) => ({ title: axis.split('.').at(-1)!, shrinks: true, drop: 1 + i / axes.length })),
    ...(seeds ? [{ title: 'seed', align: 'right' as const, drop: 1 }] : []),
    { title: 'device', drop: 4 },
    { title: 'epoch', align: 'right', drop: 0 },
    { title: 'best', align: 'right' },
    { title: 'images/s', align: 'right', drop: 6 },
    { title: 'time', align: 'right', drop: 3 },
    { title: 'remaining', align: 'right', drop: 5 },
    { title: 'status', shrinks: true, drop: 2 },
  ];
  const cells = rows.map((row) => [
    width < NARROW ? row.trial.id.slice(0, 8) : row.trial.id,
    ...axes.map((axis) => axisCell(row.trial.axes, axis)),
    ...(seeds ? [String(row.trial.seed)] : []),
    row.devices.join(','),
    row.epoch === undefined ? '–' : `${row.epoch}${row.epochs ? `/${row.epochs}` : ''}`,
    formatFixed(row.value, 4),
    row.status === 'running' && row.rate !== undefined ? formatFixed(row.rate, 0) : '',
    formatDuration(spent(row)),
    remaining(row),
    [statusOf(row), ...(row.retries > 0 ? [`${row.retries} retries`] : [])].join(' '),
  ]);
  const [header, ...lines] = table(columns, cells, width).split('\n');
  return [pc.dim(header!), ...lines.map((line, i) => colour(rows[i]!)(line))];
}

const colour = ({ status }: TrialRow): ((text: string) => string) => {
  if (status === 'failed') return pc.red;
  if (status === 'retrying') return pc.yellow;
  return status === 'running' ? String : pc.dim;
};

function statusOf({ status, stage }: TrialRow): string {
  if (status !== 'running') return status;
  return stage === undefined || stage === 'train' ? 'training' : (stages[stage] ?? stage);
}

const stages: Record<string, string> = {
  data: 'data set',
  model: 'building',
  validate: 'validating',
  test: 'testing',
};

/** Seconds since the trial's trainer began, or that it took. */
function spent({ status, since, seconds }: TrialRow): number | undefined {
  if (status === 'finished') return seconds;
  return since === undefined ? undefined : (performance.now() - since) / 1000;
}

function remaining(row: TrialRow): string {
  const { status, fraction } = row;
  const seconds = spent(row);
  if (status !== 'running' || !fraction || seconds === undefined) return '';
  return formatDuration((seconds * (1 - fraction)) / fraction);
}
