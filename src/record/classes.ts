import type { FailedEvent } from './event.generated.ts';
import type { StateEntry } from './state.generated.ts';

/** The kind of a failure, as the orchestrator records it. */
export type FailureClass = NonNullable<StateEntry['class']>;

/** What of it a trainer can tell itself. */
export type ToldClass = NonNullable<FailedEvent['class']>;

const told: Record<ToldClass, true> = { oom: true, nan: true, data: true, code: true, infrastructure: true };
const all: Record<FailureClass, true> = {
  ...told,
  killed: true,
  timeout: true,
  lost: true,
  interrupted: true,
};

export const classes = {
  told: Object.keys(told) as ToldClass[],
  all: Object.keys(all) as FailureClass[],
};
