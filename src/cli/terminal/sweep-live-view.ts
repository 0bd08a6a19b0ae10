import { createLogUpdate } from 'log-update';
import pc from 'picocolors';
import stringWidth from 'string-width';
import { cell } from '../../operations/index.ts';
import type { TrialRow } from '../../orchestrator/index.ts';
import { bar, duration, number } from './format.ts';
import { describe, retryLine } from './sweep-line-view.ts';
import type { SweepView, SweepViewOptions } from './sweep-view.ts';

/** A table that is drawn anew as the sweep goes on: what runs, what ended last, counts, and the time to go. */
export function sweepLiveView(options: SweepViewOptions): SweepView {
  const draw = createLogUpdate(process.stderr, { showCursor: true });
  const started = performance.now();
  let paused: string | undefined;
  /** Rows that ended, the latest last. */
  const ended: TrialRow[] = [];
  const paint = () => {
    const size = { columns: process.stderr.columns ?? 80, rows: process.stderr.rows ?? 24 };
    draw(sweepFrame(options, ended, paused, (performance.now() - started) / 1000, size));
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
        pc.yellow(reason === undefined ? 'The sweep goes on.' : `Paused, running trials go on: ${reason}`),
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
  // Two lines below, the header, and one that stays free for the cursor.
  const room = Math.max(1, rows - 4);
  const shown = [...ended.slice(-Math.max(0, Math.min(5, room - running.length))), ...running].slice(-room);
  const hidden = running.length - shown.filter((row) => running.includes(row)).length;
  const width = Math.max(10, columns - 1);
  const lines = shown.length > 0 ? table(shown, width) : [];
  const left = board.secondsLeft(slots);
  const counts = board.counts();
  const done = counts.finished + counts.linked + counts.failed;
  const parts = [
    pc.bold(sweep),
    `${counts.finished + counts.linked} finished`,
    ...(counts.failed > 0 ? [pc.red(`${counts.failed} failed`)] : []),
    `${counts.running} running${hidden > 0 ? ` (${hidden} not shown)` : ''}`,
    ...(counts.retrying > 0 ? [`${counts.retrying} to be retried`] : []),
    `${counts.waiting} waiting`,
  ];
  const total = board.rows.length;
  const progress = `${bar(done / total, Math.min(30, Math.max(5, width - 50)))} ${done} of ${total}`;
  const times = `${left === undefined ? '' : `${duration(left)} to go  `}${duration(seconds)}`;
  lines.push(parts.join('  '), `${progress}  ${times}${paused === undefined ? '' : pc.yellow('  paused')}`);
  return lines.map((line) => cut(line, width)).join('\n');
}

function table(rows: readonly TrialRow[], width: number): string[] {
  const axes = [...new Set(rows.flatMap(({ trial }) => Object.keys(trial.axes)))];
  const header = ['trial', ...axes.map(shortPath), 'device', 'epoch', 'best', 'images/s', 'to go', ''];
  const cells = rows.map((row) => [
    row.trial.id,
    ...axes.map((axis) => (Object.hasOwn(row.trial.axes, axis) ? cell(row.trial.axes[axis]) : '–')),
    row.devices.join(','),
    row.epoch === undefined ? '–' : `${row.epoch}${row.epochs ? `/${row.epochs}` : ''}`,
    number(row.value, 4),
    row.status === 'running' && row.rate !== undefined ? number(row.rate, 0) : '–',
    toGo(row),
    [statusOf(row), ...(row.retries > 0 ? [`${row.retries} retries`] : [])].join(' '),
  ]);
  const widths = header.map((name, i) =>
    Math.max(stringWidth(name), ...cells.map((line) => stringWidth(line[i]!))),
  );
  fit(widths, axes.length, width);
  const render = (line: string[]) =>
    line
      .map((text, i) => pad(text, widths[i]!))
      .filter((_, i) => widths[i]! > 0)
      .join('  ')
      .trimEnd();
  return [pc.dim(render(header)), ...cells.map((line, i) => colour(rows[i]!)(render(line)))];
}

/** Where the table is too wide, its axes get narrower first; then the last columns are left out, those of the rate and device first. */
function fit(widths: number[], axes: number, width: number): void {
  const total = () => widths.reduce((sum, w) => sum + (w > 0 ? w + 2 : 0), -2);
  const NARROW = 8;
  while (total() > width) {
    const widest = Math.max(...widths.slice(1, 1 + axes), 0);
    if (widest <= NARROW) break;
    widths[widths.indexOf(widest, 1)] = widest - 1;
  }
  const [device, , , rate] = [1 + axes, 2 + axes, 3 + axes, 4 + axes];
  for (const column of [rate!, device!, ...Array.from({ length: axes }, (_, i) => axes - i)]) {
    if (total() <= width) return;
    widths[column] = 0;
  }
}

function pad(text: string, width: number): string {
  const cutText = stringWidth(text) > width ? `${text.slice(0, Math.max(0, width - 1))}…` : text;
  return cutText + ' '.repeat(Math.max(0, width - stringWidth(cutText)));
}

const colour = ({ status }: TrialRow): ((text: string) => string) => {
  if (status === 'failed') return pc.red;
  if (status === 'retrying') return pc.yellow;
  return status === 'running' ? String : pc.dim;
};

/** `optimizer.lr` → `lr`: the whole path is in the results. */
const shortPath = (path: string): string => path.split('.').at(-1)!;

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

function toGo({ status, fraction, since, seconds }: TrialRow): string {
  if (status === 'finished') return duration(seconds);
  if (status !== 'running' || !fraction || since === undefined) return '–';
  const spent = (performance.now() - since) / 1000;
  return duration((spent * (1 - fraction)) / fraction);
}

/** A line that is wider than the terminal would wrap, and the next frame would not cover it. */
function cut(line: string, width: number): string {
  if (stringWidth(line) <= width) return line;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escapes of colours have no width.
  return `${line.replace(/\u001b\[\d+m/g, '').slice(0, width - 1)}…`;
}
