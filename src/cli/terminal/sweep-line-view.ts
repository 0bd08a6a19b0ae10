import { formatDuration, formatFixed, plural } from '../../base/format.ts';
import type { Board, TrialRow } from '../../orchestrator/index.ts';
import { cell } from './cell.ts';
import type { SweepView, SweepViewOptions } from './sweep-view.ts';

/** One line per change of a trial's state, for logs and pipes. */
export function sweepLineView({ board, slots }: SweepViewOptions): SweepView {
  const write = (line: string) => process.stderr.write(`${line}\n`);
  return {
    started: (row, { attempt }) =>
      write(`${attempt === 'new' ? 'started' : 'resumed'}  ${describe(row)}  on ${row.devices.join(', ')}`),
    event: () => {},
    retry: (row, failure, { action, delay }) =>
      write(retryLine(row, failure.class, failure.message, action, delay)),
    ended: (row) => {
      const left = board.secondsLeft(slots);
      const far = progressText(board);
      const rest = left ? `, ${formatDuration(left)} remaining` : '';
      write(row.status === 'finished' ? `${endLine(row)}  (${far}${rest})` : endLine(row));
    },
    paused: (reason) =>
      write(reason === undefined ? 'continues' : `paused, running trials continue: ${reason}`),
    note: write,
    close: () => {},
  };
}

/** `3 of 40 trials`; `3 trials` of a search that time alone ends. */
function progressText(board: Board): string {
  return Number.isFinite(board.total)
    ? `${board.ended()} of ${plural(board.total, 'trial')}`
    : plural(board.ended(), 'trial');
}

export function describe({ trial }: TrialRow): string {
  const axes = Object.entries(trial.axes).map(([path, value]) => `${path}=${cell(value)}`);
  return [trial.id, ...axes, `seed=${trial.seed}`].join('  ');
}

export function retryLine(
  row: TrialRow,
  kind: string,
  message: string,
  action: string,
  delay: number,
): string {
  return `retried  ${describe(row)}  (${kind}) ${message} Again in ${formatDuration(delay / 1000)}: ${action}.`;
}

export function endLine(row: TrialRow): string {
  if (row.status === 'failed')
    return `failed   ${describe(row)}  (${row.failure?.class}) ${row.failure?.message}`;
  if (row.status === 'pruned') return `pruned   ${describe(row)}  at epoch ${row.epoch ?? '?'}`;
  if (row.status === 'stopped') return `stopped  ${describe(row)}${row.by ? `  ${row.by}` : ''}`;
  return `finished ${describe(row)}  ${formatFixed(row.value, 4)} in ${formatDuration(row.seconds)}`;
}
