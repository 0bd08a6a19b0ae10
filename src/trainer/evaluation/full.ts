import type { Subset } from '../../data/index.ts';
import { genderExtras, genderOutcomes, genderThreshold } from './gender.ts';
import { bootstrap, type Interval } from './intervals.ts';
import type { Embeddings } from './matching/embeddings.ts';
import {
  type Matching,
  type MatchingSettings,
  match,
  matches,
  matchingParts,
  matchingScores,
  refusals,
  thresholdOf,
} from './matching/index.ts';
import { type Outcomes, type Scores, type ScoreWeights, score } from './metrics.ts';

/** What is chosen on validation images and used on others. */
export interface Thresholds {
  /** Cosine from which on two images count as the same identity. */
  verification?: number;
  /** Logit from which on an image counts as Female, by the best F1. */
  gender?: number;
}

export interface FullSettings {
  score: ScoreWeights;
  matching: MatchingSettings;
  intervals: number;
}

export interface FullOptions {
  settings: FullSettings;
  /** Chosen on validation; what is absent is chosen on these very images. */
  thresholds?: Thresholds;
  /** Metrics that somebody waits for. */
  watched?: readonly string[];
  /** Of the bootstrap. */
  seed: number;
  /** Features of the same images when they were clean: of the gallery, and of the left image of each pair. */
  reference?: Embeddings | undefined;
}

export interface FullEvaluation {
  scores: Scores;
  /** Scores of parts of the images: by the condition that they have and by gender. */
  parts: Scores;
  /** 95 % intervals by metric. */
  intervals: Record<string, Interval>;
  thresholds: Thresholds;
  /** Thresholds that nobody gave, which these very images chose: scores at them are too good. */
  chosenHere: (keyof Thresholds)[];
  /** Why some metrics are absent. */
  refusals: string[];
  counts: { pairs: number; gallery: number; probes: number };
}

/** Weights of the challenge: 0.3 Task A + 0.7 Task B. */
const challenge = { gender: 0.3, identity: 0.7 };

/** Everything that can be scored of a subset: both tasks, matching, intervals over identities. */
export function evaluateFully(
  subset: Subset,
  outcomes: Outcomes,
  { settings, thresholds = {}, watched, seed, reference }: FullOptions,
): FullEvaluation {
  const gender = genderOutcomes(outcomes);
  const matching = matchingOf(subset, outcomes.embeddings, settings.matching, watched, reference);
  const chosen: Thresholds = {
    gender: thresholds.gender ?? (gender.labels.length > 0 ? genderThreshold(gender) : undefined),
    verification: thresholds.verification ?? thresholdOf(matching),
  };
  const all = (weights?: SampleWeights): Scores =>
    withChallenge(
      {
        ...score(outcomes, settings.score, weights?.pictures),
        ...genderExtras(
          gender,
          chosen.gender,
          weights && Float64Array.from(gender.positions, (i) => weights.pictures[i]!),
        ),
        ...matchingScores(matching, chosen.verification, weights && matchingWeights(matching, weights)),
      },
      settings.score,
    );
  const scores = all();
  const intervals = bootstrap(subset, settings.intervals, seed, all);
  return {
    scores,
    parts: { ...classParts(subset, outcomes), ...matchingParts(subset, matching, chosen.verification) },
    intervals: Object.fromEntries(Object.entries(intervals).filter(([name]) => scores[name] !== undefined)),
    thresholds: withoutUndefined(chosen),
    chosenHere: (['gender', 'verification'] as const).filter(
      (name) => thresholds[name] === undefined && chosen[name] !== undefined,
    ),
    refusals: refusals(matching),
    counts: {
      pairs: matching.pairs?.scores.length ?? 0,
      gallery: matching.identification?.gallery ?? 0,
      probes: matching.identification?.probes.length ?? 0,
    },
  };
}

/** Gender accuracy and top-1 of the images of each condition that the data set has. */
function classParts({ conditions }: Subset, outcomes: Outcomes): Scores {
  const found: Scores = {};
  for (const condition of new Set(conditions ?? [])) {
    if (condition === undefined) continue;
    const counts = Float64Array.from(conditions!, (one) => (one === condition ? 1 : 0));
    const scores = score(outcomes, challenge, counts);
    for (const name of ['gender_accuracy', 'identity_top1'])
      if (scores[name] !== undefined) found[`data_${condition}/${name}`] = scores[name];
  }
  return found;
}

/** The scores that an epoch's validation gives: both tasks and, if identities are matched, matching. */
export function validationScores(
  subset: Subset,
  outcomes: Outcomes,
  settings: FullSettings,
  watched: readonly string[],
): Scores {
  const matching = matchingOf(subset, outcomes.embeddings, settings.matching, watched);
  const threshold = thresholdOf(matching);
  const scores = withChallenge(
    { ...score(outcomes, settings.score), ...matchingScores(matching, threshold) },
    settings.score,
  );
  return threshold === undefined ? scores : { ...scores, verification_threshold: threshold };
}

function matchingOf(
  subset: Subset,
  embeddings: Embeddings | undefined,
  settings: MatchingSettings,
  watched: readonly string[] = [],
  reference?: Embeddings,
): Matching {
  return embeddings && matches(subset, settings, watched)
    ? match(subset, embeddings, settings, reference)
    : {};
}

/**
 * The challenge's score twice: with pair accuracy and with gallery rank-1 for Task B. Where no image shows an identity of the training
 * classes, rank-1 takes the place of top-1 in `combined`, too.
 */
function withChallenge(scores: Scores, weights: ScoreWeights): Scores {
  const {
    gender_accuracy: a,
    verification_accuracy: pairs,
    gallery_rank1: rank1,
    identity_top1: top1,
  } = scores;
  const found = { ...scores };
  if (a !== undefined && pairs !== undefined)
    found.challenge_pairs = challenge.gender * a + challenge.identity * pairs;
  if (a !== undefined && rank1 !== undefined)
    found.challenge_gallery = challenge.gender * a + challenge.identity * rank1;
  if (top1 === undefined && rank1 !== undefined)
    found.combined =
      a === undefined
        ? (weights.gender + weights.identity) * rank1
        : weights.gender * a + weights.identity * rank1;
  return found;
}

/** How often images and identities count in a bootstrap sample. */
export interface SampleWeights {
  pictures: Float64Array;
}

/** A pair of two identities counts as often as both together, one of an identity with itself as often as the identity. */
function matchingWeights({ pairs, identification }: Matching, { pictures }: SampleWeights) {
  return {
    ...(pairs
      ? {
          pairs: Float64Array.from(pairs.left, (a, k) =>
            pairs.same[k] ? pictures[a]! : pictures[a]! * pictures[pairs.right[k]!]!,
          ),
        }
      : {}),
    ...(identification ? { probes: Float64Array.from(identification.probes, (i) => pictures[i]!) } : {}),
  };
}

function withoutUndefined({ verification, gender }: Thresholds): Thresholds {
  return {
    ...(verification === undefined ? {} : { verification }),
    ...(gender === undefined ? {} : { gender }),
  };
}
