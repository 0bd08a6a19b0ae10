import { type Assignment, allowed, choose, type Space } from '../space.ts';
import type { Sampler, SamplerOptions } from './sampler.ts';

/** Points of the unit cube as points of the space; undefined for a point that a constraint refuses. */
export function decode(
  space: Space,
  u: ArrayLike<number>,
  { tally }: SamplerOptions,
): Assignment | undefined {
  const assignment = new Array<unknown>(space.axes.length);
  let offset = 0;
  let passes = allowed(space, assignment, 0, tally);
  for (const [depth, dimension] of space.dimensions.entries()) {
    choose(space, dimension, dimension.at(u, offset), assignment, tally);
    offset += dimension.coordinates;
    if (!allowed(space, assignment, depth + 1, tally)) passes = false;
  }
  return passes ? assignment : undefined;
}

/** Draws a multiple of the points asked for before it gives up on constraints that refuse nearly all. */
const PATIENCE = 10_000;

/** A sampler of points of the unit cube: those that a constraint refuses are passed over. */
export function cubeSampler(
  space: Space,
  options: SamplerOptions,
  next: (index: number) => ArrayLike<number> | undefined,
): Sampler {
  let index = 0;
  return {
    ask() {
      for (let tries = 0; tries < PATIENCE; tries++) {
        const u = next(index++);
        if (!u) return undefined;
        const assignment = decode(space, u, options);
        if (assignment) return assignment;
      }
      return undefined;
    },
  };
}
