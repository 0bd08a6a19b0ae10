import type { Outcomes, Scores, ScoreWeights } from './metrics.ts';

/**
 * The losses of a split: the mean binary cross-entropy and the mean cross-entropy of the logits, without margins, smoothing or class
 * weights, over the images with the label, and their sum under `weights`. A task without a label has none.
 */
export function lossesOf(outcomes: Outcomes, weights: ScoreWeights): Scores {
  const gender = genderEntropy(outcomes);
  const identity = identityEntropy(outcomes);
  if (gender === undefined && identity === undefined) return {};
  return {
    loss: weights.gender * (gender ?? 0) + weights.identity * (identity ?? 0),
    ...(gender === undefined ? {} : { gender_loss: gender }),
    ...(identity === undefined ? {} : { identity_loss: identity }),
  };
}

function genderEntropy({ gender, genderLogits }: Outcomes): number | undefined {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < gender.length; i++) {
    const label = gender[i]!;
    if (label < 0) continue;
    const logit = genderLogits[i]!;
    sum += Math.max(logit, 0) - logit * label + Math.log1p(Math.exp(-Math.abs(logit)));
    count++;
  }
  return count > 0 ? sum / count : undefined;
}

function identityEntropy({ identity, identityLogits, identities }: Outcomes): number | undefined {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < identity.length; i++) {
    const label = identity[i]!;
    if (label < 0) continue;
    const row = identityLogits.subarray(i * identities, (i + 1) * identities);
    const top = row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    const total = row.reduce((all, value) => all + Math.exp(value - top), 0);
    sum += Math.log(total) + top - row[label]!;
    count++;
  }
  return count > 0 ? sum / count : undefined;
}
