import type { Experiment } from '../spec/index.ts';

/** The section `sweep` of a spec. */
export type SweepSpec = NonNullable<Experiment['sweep']>;
