import type { Scores } from '../metrics.ts';
import type { Pairs } from './pairs.ts';
import { auc, bestThreshold, equalErrorRate, fallingOrder, type Roc, roc, tarAtFar } from './roc.ts';

/** False accept rates at which the true accept rate is measured, and how a metric's name writes them. */
export const falseAcceptRates = [
  [1e-1, '1e-1'],
  [1e-2, '1e-2'],
  [1e-3, '1e-3'],
  [1e-4, '1e-4'],
] as const;

/** Scored pairs with what does not change from one bootstrap sample to the next. */
export interface ScoredPairs extends Pairs {
  scores: Float32Array;
  order: Int32Array;
}

export const scoredPairs = (pairs: Pairs, scores: Float32Array): ScoredPairs => ({
  ...pairs,
  scores,
  order: fallingOrder(scores),
});

/** The threshold that these pairs would choose. */
export const chooseThreshold = ({ scores, same, order }: ScoredPairs): number =>
  bestThreshold(roc(scores, same, undefined, order));

/**
 * The metrics of verification; accuracy, precision, recall and F1 at the threshold, which is to be chosen on other pairs. `weights`
 * counts each pair as often. Metrics that the pairs do not allow are absent.
 */
export function verificationScores(
  { scores, same, order }: ScoredPairs,
  threshold: number,
  weights?: ArrayLike<number>,
): Scores {
  const curve = roc(scores, same, weights, order);
  const found: Scores = {};
  const put = (name: string, value: number | undefined) => {
    if (value !== undefined) found[name] = value;
  };
  put('verification_auc', auc(curve));
  put('verification_eer', equalErrorRate(curve));
  Object.assign(found, atThreshold(curve, threshold));
  let others = 0;
  for (const one of same) if (!one) others++;
  for (const [far, name] of falseAcceptRates) put(`tar_at_far_${name}`, tarAtFar(curve, far, others));
  return found;
}

/** Why a true accept rate is not given. */
export function refusedRates(negatives: number): string[] {
  return falseAcceptRates
    .filter(([far]) => negatives * far < 1 - 1e-9)
    .map(
      ([far, name]) =>
        `tar_at_far_${name} needs at least ${Math.round(1 / far)} pairs of different identities; there are ${negatives}`,
    );
}

function atThreshold({ thresholds, hits, alarms, positives, negatives }: Roc, threshold: number): Scores {
  const total = positives + negatives;
  if (total === 0) return {};
  let [low, high] = [0, thresholds.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (thresholds[middle]! >= threshold) low = middle + 1;
    else high = middle;
  }
  const accepted = low === 0 ? 0 : hits[low - 1]!;
  const wrong = low === 0 ? 0 : alarms[low - 1]!;
  const ratio = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);
  return {
    verification_accuracy: (accepted + negatives - wrong) / total,
    verification_precision: ratio(accepted, accepted + wrong),
    verification_recall: ratio(accepted, positives),
    verification_f1: ratio(2 * accepted, accepted + wrong + positives),
  };
}
