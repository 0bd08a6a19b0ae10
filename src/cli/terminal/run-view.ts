import type { Failure } from '../../orchestrator/index.ts';
import type { Event } from '../../record/index.ts';

/** How a run is shown while it runs. */
export interface RunView {
  event(event: Event): void;
  retry(failure: Failure, action: string, delay: number): void;
  /** One line for people, such as what the preparation does. */
  note(line: string): void;
  /** Takes what is drawn away or ends it. */
  close(): void;
}

export interface ViewOptions {
  json: boolean;
  quiet: boolean;
  /** The run's name, for programs. */
  run: string;
}

/** JSON lines, a live view where there is a terminal, plain lines elsewhere, or nothing. */
export async function openView(options: ViewOptions): Promise<RunView> {
  if (options.json) return (await import('./json-view.ts')).jsonView(options);
  if (options.quiet) return { event: () => {}, retry: () => {}, note: () => {}, close: () => {} };
  if (process.stderr.isTTY && process.env.TERM !== 'dumb') return (await import('./live-view.ts')).liveView();
  return (await import('./line-view.ts')).lineView();
}
