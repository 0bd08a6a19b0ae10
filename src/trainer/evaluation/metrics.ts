import { macroF1 } from './macro-f1.ts';
import type { Embeddings } from './matching/embeddings.ts';

/** Truth and predictions of the images of one split, image by image. */
export interface Outcomes {
  /** 0 male, 1 female, −1 unknown. */
  gender: ArrayLike<number>;
  /** The logit of Female, `[images]`. */
  genderLogits: Float32Array;
  /** The class index, −1 unknown. */
  identity: ArrayLike<number>;
  /** `[images, identities]`. */
  identityLogits: Float32Array;
  identities: number;
  /** What images are matched by, if the model has it. */
  embeddings?: Embeddings;
}

export interface ScoreWeights {
  gender: number;
  identity: number;
}

/** Metrics by the names of the record without their split, such as `gender_accuracy`. */
export type Scores = Record<string, number>;

/**
 * The metrics of both tasks, as scikit-learn defines them; an image without a label counts in no metric of that task.
 * A task without a single label has no metrics, and `combined` is then the other task's alone, on the same scale. `counts`
 * says how often each image counts; for macro-F1 they are the draws of a bootstrap over identities.
 */
export function score(outcomes: Outcomes, weights: ScoreWeights, counts?: ArrayLike<number>): Scores {
  const gender = genderScores(outcomes, counts);
  const identity = identityScores(outcomes, counts);
  const parts: [number, number][] = [];
  if (gender) parts.push([weights.gender, gender.gender_accuracy!]);
  if (identity) parts.push([weights.identity, identity.identity_top1!]);
  const present = parts.reduce((sum, [weight]) => sum + weight, 0);
  const total = weights.gender + weights.identity;
  const combined =
    parts.length === 2
      ? parts[0]![0] * parts[0]![1] + parts[1]![0] * parts[1]![1]
      : present > 0
        ? total * parts[0]![1]
        : undefined;
  return { ...gender, ...identity, ...(combined === undefined ? {} : { combined }) };
}

/** The metrics of a split by their names in the record: `val/combined`. */
export const named = (split: string, scores: Scores): Scores =>
  Object.fromEntries(Object.entries(scores).map(([name, value]) => [`${split}/${name}`, value]));

/** The class of a gender logit: 1 (Female) above 0, that is, above a probability of one half. */
export const genderOf = (logit: number): 0 | 1 => (logit > 0 ? 1 : 0);

/** The index of the largest value of a row of logits; the first of equals. */
export function argmax(logits: Float32Array, row: number, columns: number): number {
  let best = 0;
  for (let column = 1; column < columns; column++) {
    if (logits[row * columns + column]! > logits[row * columns + best]!) best = column;
  }
  return best;
}

/** `[[male as male, male as female], [female as male, female as female]]`, images counted. */
export function genderConfusion(
  { gender, genderLogits }: Outcomes,
  counts?: ArrayLike<number>,
): [[number, number], [number, number]] {
  const matrix: [[number, number], [number, number]] = [
    [0, 0],
    [0, 0],
  ];
  for (let i = 0; i < gender.length; i++) {
    const actual = gender[i];
    if (actual === 0 || actual === 1) matrix[actual][genderOf(genderLogits[i]!)] += counts ? counts[i]! : 1;
  }
  return matrix;
}

/** The pairs `[actual, predicted, images]` of class indices that differ, the most frequent first. */
export function identityConfusion({
  identity,
  identityLogits,
  identities,
}: Outcomes): [number, number, number][] {
  const counts = new Map<number, number>();
  for (let i = 0; i < identity.length; i++) {
    const actual = identity[i]!;
    const predicted = argmax(identityLogits, i, identities);
    if (actual < 0 || actual === predicted) continue;
    const pair = actual * identities + predicted;
    counts.set(pair, (counts.get(pair) ?? 0) + 1);
  }
  return [...counts]
    .sort(([a, m], [b, n]) => n - m || a - b)
    .map(([pair, count]) => [Math.floor(pair / identities), pair % identities, count]);
}

/** Accuracy, and precision, recall and F1 of the class Female, 0 if they are undefined. */
function genderScores(outcomes: Outcomes, counts?: ArrayLike<number>): Scores | undefined {
  const [[trueMale, falseFemale], [falseMale, trueFemale]] = genderConfusion(outcomes, counts);
  const labelled = trueMale + falseFemale + falseMale + trueFemale;
  if (labelled === 0) return undefined;
  return {
    gender_accuracy: (trueMale + trueFemale) / labelled,
    gender_precision: ratio(trueFemale, trueFemale + falseFemale),
    gender_recall: ratio(trueFemale, trueFemale + falseMale),
    gender_f1: ratio(2 * trueFemale, 2 * trueFemale + falseFemale + falseMale),
  };
}

/** What the model answers to each image with an identity: its first guess, and how many classes come before the right one. */
interface Answers {
  guess: Int32Array;
  rank: Int32Array;
}

/** Found once of the outcomes that a bootstrap counts a thousand times. */
const known = new WeakMap<Outcomes, Answers>();

function answersOf(outcomes: Outcomes): Answers {
  const earlier = known.get(outcomes);
  if (earlier) return earlier;
  const { identity, identityLogits, identities } = outcomes;
  const answers = { guess: new Int32Array(identity.length), rank: new Int32Array(identity.length) };
  for (let i = 0; i < identity.length; i++) {
    if (identity[i]! < 0) continue;
    answers.guess[i] = argmax(identityLogits, i, identities);
    answers.rank[i] = rank(identityLogits, i, identities, identity[i]!);
  }
  known.set(outcomes, answers);
  return answers;
}

/** Top-1, top-5 and macro-F1. */
function identityScores(outcomes: Outcomes, counts?: ArrayLike<number>): Scores | undefined {
  const { identity, identities } = outcomes;
  const { guess, rank } = answersOf(outcomes);
  let [labelled, top1, top5] = [0, 0, 0];
  for (let i = 0; i < identity.length; i++) {
    const count = counts ? counts[i]! : 1;
    if (identity[i]! < 0 || count === 0) continue;
    labelled += count;
    if (guess[i] === identity[i]) top1 += count;
    if (rank[i]! < 5) top5 += count;
  }
  if (labelled === 0) return undefined;
  return {
    identity_top1: top1 / labelled,
    identity_top5: top5 / labelled,
    identity_macro_f1: macroF1({ truth: identity, guess, classes: identities }, counts),
  };
}

/** How many columns come before one by value, the first of equals first. */
function rank(logits: Float32Array, row: number, columns: number, column: number): number {
  const value = logits[row * columns + column]!;
  let before = 0;
  for (let k = 0; k < columns; k++) {
    const other = logits[row * columns + k]!;
    if (other > value || (other === value && k < column)) before++;
  }
  return before;
}

const ratio = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);
