import { extension } from '../../plugins/index.ts';
import { cubeSampler } from './cube.ts';
import { grid } from './grid.ts';
import { random } from './random.ts';
import type { FixedKind, LearningKind } from './sampler.ts';
import { sobol } from './sobol.ts';
import { tpe } from './tpe.ts';

/** A sampler of a plugin; its points are those of the unit cube, whose coordinates stand for the axes in the spec's order. */
export interface SamplerDefinition<Options = Record<string, never>> {
  /** Returns the k-th point, each coordinate in [0, 1); undefined if there is none. It may depend on k, the seed and the options only. */
  create(
    space: { coordinates: number; seed: number },
    options: Options,
  ): (index: number) => ArrayLike<number> | undefined;
}

/** The sampler that a sweep's `method` names, of the table or of a plugin; of a method that learns, the one whose points are checked beforehand. */
export function samplerOf(sweep: { method: string }): FixedKind {
  const own = extension<SamplerDefinition<unknown>>('sampler', sweep.method);
  if (!own) return fixedSamplers.find(({ name }) => name === sweep.method) ?? random;
  return {
    name: own.name,
    exhaustive: false,
    create(space, options) {
      const settings = (sweep as Record<string, unknown>)[own.name];
      const { coordinates } = space;
      return cubeSampler(space, options, own.create({ coordinates, seed: options.seed }, settings));
    },
  };
}

export type { FixedKind, LearningKind, LearningSampler, Sampler, SamplerOptions, Told } from './sampler.ts';

/** Methods that need no results: one line each. */
export const fixedSamplers: readonly FixedKind[] = [grid, random, sobol];

/** Methods that learn from results: one line each. */
export const learningSamplers: readonly LearningKind[] = [tpe];

/** The sampler of a method that learns; undefined of the others. */
export const learningSamplerOf = ({ method }: { method: string }): LearningKind | undefined =>
  learningSamplers.find(({ name }) => name === method);
