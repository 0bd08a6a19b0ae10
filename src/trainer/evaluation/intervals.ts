import { Random } from '../../base/random.ts';
import { quantile } from '../../base/statistics.ts';
import type { Subset } from '../../data/index.ts';
import type { Scores } from './metrics.ts';

export type Interval = [low: number, high: number];

/**
 * Metrics that grow with the spread of what they are counted from, so that samples of a sample lie above it: the calibration error
 * sums what each bin is off, in whichever direction. Their interval is that of the samples about their mean, laid about the score (the
 * bootstrap's correction of bias, Efron and Tibshirani, 1993, chapter 10).
 */
const rising = new Set(['gender_ece']);

/**
 * 95 % intervals by the percentile bootstrap over identities (Efron and Tibshirani, 1993; for biometrics Bolle, Ratha and Pankanti,
 * 2004): identities are drawn with replacement, all images of an identity together, for they are not independent; images of nobody
 * known each stand alone. A metric that is undefined in some sample has its interval from the others. None with fewer than two units
 * or no samples. `scores` without draws returns the scores that the intervals are for.
 */
export function bootstrap(
  { size, people, identity }: Pick<Subset, 'size' | 'people' | 'identity'>,
  samples: number,
  seed: number,
  scores: (draws?: { pictures: Float64Array }) => Scores,
): Record<string, Interval> {
  const unitOf = new Int32Array(size);
  const units = new Map<string, number>();
  for (let i = 0; i < size; i++) {
    const person = (people ?? identity)[i]!;
    const key = person >= 0 ? `identity ${person}` : `image ${i}`;
    if (!units.has(key)) units.set(key, units.size);
    unitOf[i] = units.get(key)!;
  }
  if (units.size < 2 || samples === 0) return {};
  const random = new Random(seed, 'bootstrap');
  const found = new Map<string, number[]>();
  const counts = new Float64Array(units.size);
  const pictures = new Float64Array(size);
  for (let sample = 0; sample < samples; sample++) {
    counts.fill(0);
    for (let k = 0; k < units.size; k++) counts[random.integer(0, units.size - 1)]!++;
    for (let i = 0; i < size; i++) pictures[i] = counts[unitOf[i]!]!;
    for (const [name, value] of Object.entries(scores({ pictures }))) {
      if (!Number.isFinite(value)) continue;
      const values = found.get(name);
      if (values) values.push(value);
      else found.set(name, [value]);
    }
  }
  const points = scores();
  return Object.fromEntries(
    [...found].map(([name, values]) => {
      const sorted = Float64Array.from(values).sort();
      const ends: Interval = [quantile(sorted, 0.025), quantile(sorted, 0.975)];
      if (!rising.has(name)) return [name, ends];
      const bias = values.reduce((a, b) => a + b) / values.length - points[name]!;
      return [name, [Math.max(0, ends[0] - bias), ends[1] - bias]];
    }),
  );
}
