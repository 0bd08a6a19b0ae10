import { Random } from '../../base/random.ts';
import { cubeSampler } from './cube.ts';
import { directions } from './directions.ts';
import type { FixedKind } from './sampler.ts';

/** Coordinates that the direction numbers cover. */
export const MAX_COORDINATES = directions.length + 1;

/** Draws that fill the space evenly: Sobol's sequence with a random digital shift (Cranley and Patterson, 1976, in base 2). */
export const sobol: FixedKind = {
  name: 'sobol',
  exhaustive: false,
  create(space, options) {
    return cubeSampler(space, options, shiftedSobol(space.coordinates, options.seed));
  },
};

/** The index-th point of the shifted sequence in up to 64 dimensions; undefined beyond the last of its 2³². */
export function shiftedSobol(coordinates: number, seed: number): (index: number) => number[] | undefined {
  const shift = new Random(seed, 'sobol');
  const shifts = Array.from({ length: coordinates }, () => shift.bits());
  const numbers = shifts.map((_, dimension) => directionNumbers(dimension));
  return (index) =>
    index < 2 ** 32
      ? numbers
          .map((v, dimension) => (coordinate(v, index) ^ shifts[dimension]!) >>> 0)
          .map((x) => x / 2 ** 32)
      : undefined;
}

/** The 32 direction numbers of a dimension (Bratley and Fox, 1988, algorithm 659). */
function directionNumbers(dimension: number): Uint32Array {
  const v = new Uint32Array(32);
  if (dimension === 0) {
    for (let i = 0; i < 32; i++) v[i] = 2 ** (31 - i);
    return v;
  }
  const [polynomial, ...initial] = directions[dimension - 1]!;
  const degree = initial.length;
  for (let i = 0; i < 32; i++) {
    if (i < degree) {
      v[i] = (initial[i]! << (31 - i)) >>> 0;
      continue;
    }
    let next = v[i - degree]! ^ (v[i - degree]! >>> degree);
    for (let k = 1; k < degree; k++) if ((polynomial! >> (degree - k)) & 1) next ^= v[i - k]!;
    v[i] = next >>> 0;
  }
  return v;
}

/** Coordinate of the index-th point, in the order of Gray codes, times 2³². */
function coordinate(v: Uint32Array, index: number): number {
  let gray = (index ^ (index >>> 1)) >>> 0;
  let x = 0;
  for (let i = 0; gray !== 0; i++, gray >>>= 1) if (gray & 1) x ^= v[i]!;
  return x >>> 0;
}

/** The index-th point of the sequence without the shift. */
export function sobolPoint(coordinates: number, index: number): number[] {
  return Array.from(
    { length: coordinates },
    (_, dimension) => coordinate(directionNumbers(dimension), index) / 2 ** 32,
  );
}
