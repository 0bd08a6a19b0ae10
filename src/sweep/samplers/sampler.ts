import type { Assignment, Space, Tally } from '../space.ts';

export interface SamplerOptions {
  seed: number;
  tally: Tally;
  /** Of a sampler that learns: how many objectives it is told of, 1 where it does not say. */
  objectives?: number;
}

/** Chooses points of a space: `ask` gives the next one, undefined when there is none. */
export interface Sampler {
  ask(): Assignment | undefined;
}

/** What became of a point so far. */
export interface Told {
  /** Which proposal it is, from 0; below 0 for points of earlier sweeps. */
  number: number;
  point: Assignment;
  /** `pruned`: ended early by a stopping rule. `failed`: its values made it fail. */
  state: 'running' | 'finished' | 'pruned' | 'failed';
  /** One per objective, lower is better; of a stopped one its latest. */
  losses?: readonly number[];
  /** Of a stopped one: the epoch that its losses are of. */
  epoch?: number;
}

/**
 * Chooses points by what came of others. A proposal must depend on the seed, its number and what was told, in any order, alone: that is
 * how a sweep that was killed proposes the same again.
 */
export interface LearningSampler {
  /** The point of a proposal that `refuses` does not turn down (it was run before, or no trial can have it); undefined: none is left. */
  ask(number: number, refuses?: (point: Assignment) => boolean): Assignment | undefined;
  /** What is known of a proposal by now. False: it is no point of this space, and is left out. */
  tell(told: Told): boolean;
}

interface Kind {
  /** `method` in the spec. */
  name: string;
  /** Whether it ends by itself; others draw `trials` points. */
  exhaustive: boolean;
}

/** One way to walk a space. */
export interface FixedKind extends Kind {
  learns?: false;
  create(space: Space, options: SamplerOptions): Sampler;
}

/** One way to search a space. */
export interface LearningKind extends Kind {
  learns: true;
  create(space: Space, options: SamplerOptions): LearningSampler;
}
