import type { ErrorCode } from '../base/error-codes.ts';
import type { Progress } from '../python/index.ts';

/** Who is told what an operation does: operations print nothing themselves. */
export interface Reporter {
  /** One line for people. */
  note(line: string): void;
  warning(warning: Warning): void;
  /** How far an install is; undefined when it has ended. */
  progress(progress: Progress | undefined): void;
}

export interface Warning {
  code: ErrorCode;
  message: string;
}

/** For callers that want the result alone. */
export const silent: Reporter = { note: () => {}, warning: () => {}, progress: () => {} };

/** How a caller ends an operation: `stop` lets trainers save a checkpoint, `kill` ends them at once. */
export interface Signals {
  stop: AbortSignal;
  kill: AbortSignal;
}

/** Signals that never come, for what the caller has not given. */
export function signalsOf({ stop, kill }: Partial<Signals>): Signals {
  return { stop: stop ?? new AbortController().signal, kill: kill ?? new AbortController().signal };
}
