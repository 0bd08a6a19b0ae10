import type { Subset } from '../../data/index.ts';
import type { CalibrationBin, Diagnostics, HardPair, RocCurve, RocPoint } from '../../record/index.ts';
import { genderOutcomes } from './gender.ts';
import { pairScores } from './matching/embeddings.ts';
import { choosePairs, type PairSettings } from './matching/pairs.ts';
import { auc, bestThreshold, equalErrorRate, type Roc, roc } from './matching/roc.ts';
import { type ScoredPairs, scoredPairs } from './matching/verification.ts';
import type { Outcomes } from './metrics.ts';
import type { Answer } from './test-images.ts';

/** What a report draws of the test images: small, whatever their number. */
export interface WrittenDiagnostics extends Omit<Diagnostics, 'sheet'> {
  version: 1;
  split: 'test';
  verification?: RocCurve & { hardest: HardPair[] };
  calibration: NonNullable<Diagnostics['calibration']>;
}

const POINTS = 200; // of a curve
const HARDEST = 12; // pairs of either kind

/** Curves, calibration and the hardest pairs of the test images. */
export function diagnosticsOf(
  subset: Subset,
  outcomes: Outcomes,
  answers: readonly Answer[],
  {
    pairs,
    thresholds,
    chosenHere,
  }: {
    pairs: PairSettings;
    thresholds: { gender?: number; verification?: number };
    chosenHere: readonly string[];
  },
): WrittenDiagnostics {
  const verification = verificationOf(subset, outcomes, pairs, thresholds.verification, chosenHere);
  const { logits, labels, order } = genderOutcomes(outcomes);
  const gender = factsOf(roc(logits, labels, undefined, order), thresholds.gender ?? 0, {
    here: chosenHere.includes('gender'),
  });
  return {
    version: 1,
    split: 'test',
    ...(verification ? { verification } : {}),
    ...(gender ? { gender } : {}),
    calibration: {
      ...calibration('gender', answers, ({ female, genderRight }) => [
        Math.max(female, 1 - female),
        genderRight,
      ]),
      ...calibration('identity', answers, ({ certainty, identityRight }) => [certainty, identityRight]),
    },
  };
}

function verificationOf(
  subset: Subset,
  { embeddings }: Outcomes,
  settings: PairSettings,
  threshold: number | undefined,
  chosenHere: readonly string[],
): WrittenDiagnostics['verification'] {
  if (!embeddings || !subset.people) return undefined;
  const chosen = choosePairs(subset, settings, embeddings);
  if (!chosen) return undefined;
  const scored = scoredPairs(chosen, pairScores(embeddings, chosen.left, chosen.right, embeddings));
  const curve = roc(scored.scores, scored.same, undefined, scored.order);
  const facts = factsOf(curve, threshold ?? bestThreshold(curve), {
    here: threshold === undefined || chosenHere.includes('verification'),
  });
  return facts && { ...facts, hardest: hardestPairs(subset, scored) };
}

function factsOf(curve: Roc, threshold: number, { here }: { here: boolean }): RocCurve | undefined {
  const [area, eer] = [auc(curve), equalErrorRate(curve)];
  if (area === undefined || eer === undefined) return undefined;
  const { thresholds, hits, alarms, positives, negatives } = curve;
  const points: RocPoint[] = [];
  // Evenly along the curve's length, which has more to tell than its thresholds.
  let gone = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < thresholds.length; k++) {
    const [x, y] = [alarms[k]! / negatives, hits[k]! / positives];
    if (x + y - gone < 2 / POINTS && k + 1 < thresholds.length) continue;
    gone = x + y;
    points.push([rounded(thresholds[k]!), rounded(x), rounded(y)]);
  }
  return {
    positives,
    negatives,
    auc: area,
    eer,
    threshold,
    chosen_on: here ? 'test' : 'validation',
    points,
  };
}

const rounded = (value: number): number => Number(value.toPrecision(6));

/** Those of one identity that look least alike, and those of two that look most alike. */
function hardestPairs({ names }: Subset, { left, right, same, scores, order }: ScoredPairs): HardPair[] {
  const pair = (k: number): HardPair => ({
    left: names[left[k]!]!,
    right: names[right[k]!]!,
    same: same[k] === 1,
    cosine: rounded(scores[k]!),
  });
  const take = (wanted: 0 | 1, at: (k: number) => number): HardPair[] => {
    const found: HardPair[] = [];
    const seen = new Set<string>();
    for (let n = 0; n < order.length && found.length < HARDEST; n++) {
      const k = order[at(n)]!;
      const key = [left[k]!, right[k]!].sort().join();
      if (same[k] !== wanted || seen.has(key)) continue;
      seen.add(key);
      found.push(pair(k));
    }
    return found;
  };
  return [...take(0, (n) => n), ...take(1, (n) => order.length - 1 - n)];
}

const BINS = 10;

function calibration(
  name: 'gender' | 'identity',
  answers: readonly Answer[],
  of: (answer: Answer) => [confidence: number, right: boolean | undefined],
): { [K in typeof name]?: CalibrationBin[] } {
  const sums = Array.from({ length: BINS }, () => ({ count: 0, confidence: 0, right: 0 }));
  let counted = 0;
  for (const answer of answers) {
    const [confidence, right] = of(answer);
    if (right === undefined) continue;
    const bin = sums[Math.min(BINS - 1, Math.floor(confidence * BINS))]!;
    bin.count++;
    bin.confidence += confidence;
    bin.right += right ? 1 : 0;
    counted++;
  }
  if (counted === 0) return {};
  const bins = sums.map(({ count, confidence, right }, i) => ({
    low: i / BINS,
    high: (i + 1) / BINS,
    count,
    confidence: count === 0 ? 0 : rounded(confidence / count),
    accuracy: count === 0 ? 0 : rounded(right / count),
  }));
  return { [name]: bins.filter(({ count }) => count > 0) };
}
