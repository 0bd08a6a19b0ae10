import { extension } from '../../plugins/index.ts';
import { cubeSampler } from './cube.ts';
import { grid } from './grid.ts';
import { random } from './random.ts';
import type { SamplerKind } from './sampler.ts';
import { sobol } from './sobol.ts';

/** A sampler of a plugin; its points are those of the unit cube, whose coordinates stand for the axes in the spec's order. */
export interface SamplerDefinition<Options = Record<string, never>> {
  /** Gives the k-th point, each coordinate in [0, 1); undefined where there is none. It may depend on k, the seed and the options only. */
  create(
    space: { coordinates: number; seed: number },
    options: Options,
  ): (index: number) => ArrayLike<number> | undefined;
}

/** The sampler that a sweep's `method` names, of the table or of a plugin. */
export function samplerOf(sweep: { method: string }): SamplerKind {
  const own = extension<SamplerDefinition<unknown>>('sampler', sweep.method);
  if (!own) return samplers.find(({ name }) => name === sweep.method)!;
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

export type { Sampler, SamplerKind, SamplerOptions } from './sampler.ts';

/** Every method of a sweep: one line each. */
export const samplers: readonly SamplerKind[] = [grid, random, sobol];
