import type { Board, SweepObserver } from '../../orchestrator/index.ts';

/** How a sweep is shown while it runs. */
export interface SweepView extends SweepObserver {
  /** Takes what is drawn away or ends it. */
  close(): void;
}

export interface SweepViewOptions {
  json: boolean;
  quiet: boolean;
  sweep: string;
  board: Board;
  slots: number;
}

/** JSON lines, a live table where there is a terminal, a line a change elsewhere, or nothing. */
export async function openSweepView(options: SweepViewOptions): Promise<SweepView> {
  if (options.json) return (await import('./sweep-json-view.ts')).sweepJsonView(options);
  if (options.quiet) return silent;
  if (process.stderr.isTTY && process.env.TERM !== 'dumb')
    return (await import('./sweep-live-view.ts')).sweepLiveView(options);
  return (await import('./sweep-line-view.ts')).sweepLineView(options);
}

const silent: SweepView = {
  started: () => {},
  event: () => {},
  retry: () => {},
  ended: () => {},
  paused: (reason) => {
    if (reason) process.stderr.write(`paused: ${reason}\n`);
  },
  note: () => {},
  close: () => {},
};
