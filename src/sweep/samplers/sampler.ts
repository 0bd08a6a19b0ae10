import type { Assignment, Space, Tally } from '../space.ts';

export interface SamplerOptions {
  seed: number;
  tally: Tally;
}

/**
 * Chooses points of a space. `ask` gives the next point, undefined when there is none; `tell` says what came of one: its objective, or
 * undefined where it was refused by a constraint, was a duplicate, or failed. Samplers that do not learn have no `tell`.
 */
export interface Sampler {
  ask(): Assignment | undefined;
  tell?(assignment: Assignment, value: number | undefined): void;
}

/** One way to walk a space: `method` in the spec. */
export interface SamplerKind {
  name: string;
  /** Whether it ends by itself; others draw `trials` points. */
  exhaustive: boolean;
  create(space: Space, options: SamplerOptions): Sampler;
}
