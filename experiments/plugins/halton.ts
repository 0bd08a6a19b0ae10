// A sampler: Halton's sequence (1960), one prime per axis, moved by the seed.
import { defineSampler } from 'facecom';

const primes = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37];

export default defineSampler<{ skip: number }>({
  name: 'halton',
  description: "Halton's sequence, for at most twelve axes.",
  parameters: {
    skip: { type: 'integer', description: 'Points left out at its beginning.', minimum: 0, default: 20 },
  },
  create({ coordinates, seed }, { skip }) {
    if (coordinates > primes.length) throw new Error(`halton has at most ${primes.length} axes`);
    return (index) =>
      primes.slice(0, coordinates).map((prime) => (inverse(index + 1 + skip, prime) + seed * 0.618034) % 1);
  },
});

/** The digits of a number to a base, mirrored at the point. */
function inverse(number: number, base: number): number {
  let [rest, digit, value] = [number, 1 / base, 0];
  for (; rest > 0; rest = Math.floor(rest / base), digit /= base) value += (rest % base) * digit;
  return value;
}
