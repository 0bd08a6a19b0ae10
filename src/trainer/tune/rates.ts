/** A step of a learning-rate range test. */
export interface RatePoint {
  lr: number;
  loss: number;
  /** Exponential moving average of the losses so far, corrected for its start. */
  smoothed: number;
}

/** How much of the average a new loss is. */
const SHARE = 0.1;
/** A smoothed loss of so many times the lowest one ends the test. */
const DIVERGED = 4;
/** Steps on either side over which the slope at a point is measured. */
const REACH = 3;
/** A loss that falls by less of itself than this has not fallen. */
const FALL = 0.03;

/** The learning rate of step i of n, both ends included: their logarithms are evenly spaced. */
export const rateOf = (i: number, n: number, from: number, to: number): number =>
  n === 1 ? from : from * (to / from) ** (i / (n - 1));

/** Takes one loss after another; the test is over when they have diverged. */
export class RateCurve {
  readonly points: RatePoint[] = [];
  diverged = false;
  private average = 0;
  private weight = 0;
  private lowest = Number.POSITIVE_INFINITY;

  add(lr: number, loss: number): void {
    if (!Number.isFinite(loss)) {
      this.diverged = true;
      return;
    }
    this.average = (1 - SHARE) * this.average + SHARE * loss;
    this.weight = (1 - SHARE) * this.weight + SHARE;
    const smoothed = this.average / this.weight;
    this.points.push({ lr, loss, smoothed });
    this.lowest = Math.min(this.lowest, smoothed);
    this.diverged = smoothed > DIVERGED * this.lowest;
  }
}

export interface RateSuggestion {
  /** Where the loss falls fastest. */
  lr: number;
  /** Where it is lowest: training does not hold above it. */
  lowest: number;
}

/**
 * The rate at which the smoothed loss falls fastest over the logarithm of the rate (Smith, 2017, "Cyclical learning rates for training
 * neural networks"), looked for below the rate of the lowest loss. Undefined for a loss that never falls.
 */
export function suggestRate(points: readonly RatePoint[]): RateSuggestion | undefined {
  const bottom = points.reduce((best, { smoothed }, i) => (smoothed < points[best]!.smoothed ? i : best), 0);
  const highest = points.slice(0, bottom + 1).reduce((most, { smoothed }) => Math.max(most, smoothed), 0);
  if (bottom < 2 * REACH || points[bottom]!.smoothed > (1 - FALL) * highest) return undefined;
  let steepest = REACH;
  const slope = (i: number) => {
    const [a, b] = [points[i - REACH]!, points[Math.min(i + REACH, points.length - 1)]!];
    return (b.smoothed - a.smoothed) / Math.log(b.lr / a.lr);
  };
  for (let i = REACH; i <= bottom; i++) if (slope(i) < slope(steepest)) steepest = i;
  return { lr: points[steepest]!.lr, lowest: points[bottom]!.lr };
}
