import { grid } from './grid.ts';
import { random } from './random.ts';
import type { SamplerKind } from './sampler.ts';
import { sobol } from './sobol.ts';

export type { Sampler, SamplerKind, SamplerOptions } from './sampler.ts';

/** Every method of a sweep: one line each. */
export const samplers: readonly SamplerKind[] = [grid, random, sobol];
