import type { RunObserver } from '../../operations/index.ts';
import { canRedraw } from './terminal-size.ts';

/** How a run is shown while it runs. */
export type RunView = RunObserver;

export interface ViewOptions {
  json: boolean;
  quiet: boolean;
  /** The run's name, for programs. */
  run: string;
}

/** JSON lines, a live view if there is a terminal, plain lines elsewhere, or nothing. */
export async function openView(options: ViewOptions): Promise<RunView> {
  if (options.json) return (await import('./json-view.ts')).jsonView(options);
  if (options.quiet) return { event: () => {}, retry: () => {}, note: () => {}, close: () => {} };
  if (canRedraw(process.stderr)) return (await import('./live-view.ts')).liveView();
  return (await import('./line-view.ts')).lineView();
}
