import { auc, fallingOrder, type Roc, roc } from './matching/roc.ts';
import type { Outcomes, Scores } from './metrics.ts';

/** Names of the further metrics of gender, in the order of the tables. */
export const genderNames = [
  'gender_balanced_accuracy',
  'gender_auc',
  'gender_ece',
  'gender_tuned_accuracy',
  'gender_tuned_f1',
] as const;

/** Images with a label: their logits, labels and order, which no bootstrap sample changes. */
export interface GenderOutcomes {
  positions: Int32Array;
  logits: Float32Array;
  labels: Uint8Array;
  order: Int32Array;
}

export function genderOutcomes({ gender, genderLogits }: Outcomes): GenderOutcomes {
  const positions = Int32Array.from(
    Array.from({ length: gender.length }, (_, i) => i).filter((i) => gender[i]! >= 0),
  );
  const logits = Float32Array.from(positions, (i) => genderLogits[i]!);
  return {
    positions,
    logits,
    labels: Uint8Array.from(positions, (i) => gender[i]!),
    order: fallingOrder(logits),
  };
}

/** The logit from which on F1 of Female is highest on these images, midway to the next lower one; 0 without both genders. */
export function genderThreshold({ logits, labels, order }: GenderOutcomes): number {
  const { thresholds, hits, alarms, positives, negatives } = roc(logits, labels, undefined, order);
  if (positives === 0 || negatives === 0) return 0;
  let best = -1;
  let at = 0;
  for (let k = 0; k < hits.length; k++) {
    const f1 = (2 * hits[k]!) / (hits[k]! + alarms[k]! + positives);
    if (f1 > best + 1e-12) {
      best = f1;
      at = k;
    }
  }
  const next = thresholds[at + 1];
  return next === undefined ? thresholds[at]! : (thresholds[at]! + next) / 2;
}

/**
 * Balanced accuracy and area under the ROC curve as in scikit-learn, the expected calibration error over 15 bins of confidence (Guo et
 * al., 2017), and accuracy and F1 at a threshold that was chosen by F1 on validation. Absent if they are undefined.
 */
export function genderExtras(
  { logits, labels, order }: GenderOutcomes,
  threshold: number | undefined,
  weights?: ArrayLike<number>,
): Scores {
  if (logits.length === 0) return {};
  const curve = roc(logits, labels, weights, order);
  const plain = counts(curve, 0, true);
  const found: Scores = {};
  const { positives, negatives } = curve;
  if (positives > 0 && negatives > 0) {
    found.gender_balanced_accuracy = (plain.hits / positives + (negatives - plain.alarms) / negatives) / 2;
    found.gender_auc = auc(curve)!;
  }
  found.gender_ece = calibrationError(logits, labels, weights);
  if (threshold !== undefined) {
    const { hits, alarms } = counts(curve, threshold, false);
    found.gender_tuned_accuracy = (hits + negatives - alarms) / (positives + negatives);
    found.gender_tuned_f1 = hits === 0 ? 0 : (2 * hits) / (hits + alarms + positives);
  }
  return found;
}

/** Images at or above (or, if `above`, above alone) a threshold. */
function counts(curve: Roc, threshold: number, above: boolean): { hits: number; alarms: number } {
  let found = { hits: 0, alarms: 0 };
  for (let k = 0; k < curve.thresholds.length; k++) {
    const value = curve.thresholds[k]!;
    if (above ? value <= threshold : value < threshold) break;
    found = { hits: curve.hits[k]!, alarms: curve.alarms[k]! };
  }
  return found;
}

const bins = 15;

function calibrationError(logits: Float32Array, labels: Uint8Array, weights?: ArrayLike<number>): number {
  const sums = Array.from({ length: bins }, () => ({ weight: 0, confidence: 0, right: 0 }));
  let total = 0;
  for (const [i, logit] of logits.entries()) {
    const weight = weights ? weights[i]! : 1;
    const confidence = 1 / (1 + Math.exp(-Math.abs(logit)));
    // Bins are open below and closed above, as in the paper.
    const bin = sums[Math.min(bins - 1, Math.max(0, Math.ceil(confidence * bins) - 1))]!;
    bin.weight += weight;
    bin.confidence += weight * confidence;
    bin.right += (logit > 0 ? 1 : 0) === labels[i] ? weight : 0;
    total += weight;
  }
  return sums.reduce((sum, { confidence, right }) => sum + Math.abs(confidence - right), 0) / total;
}
