import type { Event } from '../../record/index.ts';
import { timingNames } from '../../spec/index.ts';

/** What a record says of a run's steps. */
export interface Recorded {
  /** The loss of a step, of those that were told. */
  losses: Map<number, number>;
  /** The values of an epoch's end, by step. */
  metrics: Map<number, Record<string, number>>;
  /** The final metrics of a run that has finished. */
  final: Record<string, number> | undefined;
  /** The last step that anything is told of. */
  last: number;
}

/** Differs between two runs that are the same. */
const timing: ReadonlySet<string> = new Set(timingNames);

/** A step that was done a second time, after a resume, counts as it was then. */
export function recordedOf(events: readonly Event[]): Recorded {
  const losses = new Map<number, number>();
  const metrics = new Map<number, Record<string, number>>();
  let final: Record<string, number> | undefined;
  let last = 0;
  for (const event of events) {
    if (event.type === 'progress' && event.stage === 'train' && event.step !== undefined) {
      if (event.loss !== undefined) losses.set(event.step, event.loss);
      last = Math.max(last, event.step);
    }
    if (event.type === 'metric') {
      const values = Object.entries(event.values).filter(([name]) => !timing.has(name));
      metrics.set(event.step, { ...metrics.get(event.step), ...Object.fromEntries(values) });
      last = Math.max(last, event.step);
    }
    if (event.type === 'finished') final = event.metrics;
  }
  return { losses, metrics, final, last };
}

/** The first step that can be compared; undefined if there is none. */
export function firstOf({ losses, metrics }: Recorded): number | undefined {
  const steps = [...losses.keys(), ...metrics.keys()];
  return steps.length === 0 ? undefined : steps.reduce((a, b) => Math.min(a, b));
}
