import { grid } from './grid.ts';
import { random } from './random.ts';
import type { FixedKind, LearningKind } from './sampler.ts';
import { sobol } from './sobol.ts';
import { tpe } from './tpe.ts';

export type { FixedKind, LearningKind, LearningSampler, Sampler, SamplerOptions, Told } from './sampler.ts';

/** Methods that need no results: one line each. */
export const fixedSamplers: readonly FixedKind[] = [grid, random, sobol];

/** Methods that learn from results: one line each. */
export const learningSamplers: readonly LearningKind[] = [tpe];
