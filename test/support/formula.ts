/** Values that scripts/fixtures/formula.py makes alike in Python: weights and images of fixtures need not be stored. */

/** FNV-1a of the name's UTF-8 bytes. */
function seedOf(name: string): number {
  let h = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) h = Math.imul(h ^ byte, 0x01000193);
  return h >>> 0;
}

/** Gives, for each index, a word of 32 pseudo-random bits. */
export function bits(name: string): (index: number) => number {
  const seed = seedOf(name);
  return (index) => {
    let h = (Math.imul(index, 0x9e3779b9) + seed) | 0;
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    return (h ^ (h >>> 16)) >>> 0;
  };
}

export function uniform(name: string, shape: readonly number[], low: number, high: number): Float32Array {
  const word = bits(name);
  const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
  for (let i = 0; i < values.length; i++) values[i] = low + (high - low) * (word(i) / 4294967296);
  return values;
}

/** What a fixture keeps of an array: see scripts/fixtures/formula.py. */
export interface Fingerprint {
  norm: number;
  sums: number[];
  samples: number[];
}

/**
 * How far an array lies from the one that a fingerprint was taken of, relative to that one's Euclidean norm: the largest of the
 * difference of norms, the distance estimated from the signed sums, and the distance of the samples.
 */
export function distance(name: string, values: ArrayLike<number>, expected: Fingerprint, floor = 0): number {
  const sign = bits(`sign/${name}`);
  const sums = expected.sums.map(() => 0);
  let square = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    const word = sign(i);
    square += value * value;
    for (let k = 0; k < sums.length; k++) sums[k]! += (word >>> k) & 1 ? value : -value;
  }
  const at = bits(`sample/${name}`);
  const scale = Math.max(expected.norm, floor) || 1;
  const between = (a: number[], b: number[]) => Math.hypot(...a.map((v, i) => v - b[i]!));
  const samples = expected.samples.map((_, i) => values[at(i) % values.length]!);
  // Under random signs the sum of a difference has its norm as standard deviation.
  const estimated = between(sums, expected.sums) / Math.sqrt(sums.length) / scale;
  const sampled = between(samples, expected.samples) / scale;
  return Math.max(Math.abs(Math.sqrt(square) - expected.norm) / scale, estimated, sampled);
}
