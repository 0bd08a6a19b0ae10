import type { SweepWatcher, WatchSweep } from '../../operations/index.ts';
import type { Board } from '../../orchestrator/index.ts';
import type { TerminalReporter } from './reporter.ts';
import { describePlan } from './sweep-plan.ts';
import { canRedraw } from './terminal-size.ts';

/** How a sweep is shown while it runs. */
export type SweepView = SweepWatcher;

export interface SweepViewOptions {
  json: boolean;
  quiet: boolean;
  /** Its name. */
  sweep: string;
  board: Board;
  slots: number;
}

/** Says what a sweep is about to do, then shows it. */
export function watchSweep(
  { json = false, quiet = false }: { json?: boolean; quiet?: boolean },
  report: TerminalReporter,
): WatchSweep {
  return async (start) => {
    report.note(describePlan(start));
    const { name, board, slots } = start;
    return report.through(await openSweepView({ json, quiet, sweep: name, board, slots: slots.length }));
  };
}

/** JSON lines, a live table if there is a terminal, a line a change elsewhere, or nothing. */
async function openSweepView(options: SweepViewOptions): Promise<SweepView> {
  if (options.json) return (await import('./sweep-json-view.ts')).sweepJsonView(options);
  if (options.quiet) return silent();
  if (canRedraw(process.stderr)) return (await import('./sweep-live-view.ts')).sweepLiveView(options);
  return (await import('./sweep-line-view.ts')).sweepLineView(options);
}

const silent = (): SweepView => ({
  started: () => {},
  event: () => {},
  retry: () => {},
  ended: () => {},
  paused: (reason) => {
    if (reason) process.stderr.write(`paused: ${reason}\n`);
  },
  note: () => {},
  close: () => {},
});
