import type { Subset } from '../../../data/index.ts';
import { isMatching } from '../../../spec/index.ts';
import type { Scores } from '../metrics.ts';
import { type Embeddings, pairScores } from './embeddings.ts';
import { type Identification, identificationScores, identify } from './identification.ts';
import { choosePairs, type PairSettings } from './pairs.ts';
import {
  chooseThreshold,
  refusedRates,
  type ScoredPairs,
  scoredPairs,
  verificationScores,
} from './verification.ts';

export interface MatchingSettings extends PairSettings {
  when: 'auto' | 'always' | 'never';
  open_set: number;
}

/** What matching found, from which scores and their intervals are counted. */
export interface Matching {
  pairs?: ScoredPairs;
  identification?: Identification;
}

/** Whether identities are to be matched: always, never, or if classes do not say who somebody is. */
export function matches(
  subset: Pick<Subset, 'people' | 'identity' | 'pairs'>,
  { when }: MatchingSettings,
  watched: readonly string[] = [],
): boolean {
  if (when === 'never' || !subset.people) return false;
  if (when === 'always' || subset.pairs || watched.some(isMatching)) return true;
  const { people, identity } = subset;
  return people.some((person, i) => person >= 0 && identity[i]! < 0);
}

/**
 * Matches the identities of a subset by its embeddings. `reference`: those of the same images when they were clean, for the gallery and
 * the left image of each pair.
 */
export function match(
  subset: Subset,
  embeddings: Embeddings,
  settings: MatchingSettings,
  reference: Embeddings = embeddings,
): Matching {
  const chosen = choosePairs(subset, settings, reference);
  const found = identify(subset, embeddings, settings, reference);
  return {
    ...(chosen
      ? { pairs: scoredPairs(chosen, pairScores(embeddings, chosen.left, chosen.right, reference)) }
      : {}),
    ...(found ? { identification: found } : {}),
  };
}

/** The threshold that a validation set chooses; undefined without pairs. */
export const thresholdOf = ({ pairs }: Matching): number | undefined => pairs && chooseThreshold(pairs);

/** How often each pair and each probe counts in a bootstrap sample. */
export interface MatchingWeights {
  pairs?: Float64Array;
  probes?: Float64Array;
}

/** The scores of matching at a threshold that was chosen on other images. */
export function matchingScores(
  { pairs, identification }: Matching,
  threshold: number | undefined,
  weights: MatchingWeights = {},
): Scores {
  return {
    ...(pairs && threshold !== undefined ? verificationScores(pairs, threshold, weights.pairs) : {}),
    ...(identification ? identificationScores(identification, threshold, weights.probes) : {}),
  };
}

/** What is reported about metrics that the pairs do not allow. */
export function refusals({ pairs }: Matching): string[] {
  if (!pairs) return [];
  let same = 0;
  for (const one of pairs.same) same += one;
  return refusedRates(pairs.same.length - same);
}

/**
 * The scores of parts of the images: by the condition that a probe or either image of a pair has, and by gender, with the gap between
 * the genders. Names: `data_fog/gallery_rank1` (`fog/…` is fog that the evaluation adds), `male/verification_accuracy`,
 * `gender_gap/gallery_rank1`.
 */
export function matchingParts(
  subset: Pick<Subset, 'gender' | 'conditions'>,
  matching: Matching,
  threshold: number | undefined,
): Scores {
  const { gender, conditions } = subset;
  const found: Scores = {};
  const put = (part: string, scores: Scores) => {
    for (const name of partNames) if (scores[name] !== undefined) found[`${part}/${name}`] = scores[name];
  };
  for (const condition of new Set(conditions ?? []))
    if (condition !== undefined)
      put(
        `data_${condition}`,
        partScores(matching, threshold, {
          pair: (a, b) => conditions![a] === condition || conditions![b] === condition,
          probe: (i) => conditions![i] === condition,
        }),
      );
  for (const [label, name] of [
    [0, 'male'],
    [1, 'female'],
  ] as const)
    put(
      name,
      partScores(matching, threshold, {
        pair: (a, b) => gender[a] === label && gender[b] === label,
        probe: (i) => gender[i] === label,
      }),
    );
  for (const name of partNames) {
    const [male, female] = [found[`male/${name}`], found[`female/${name}`]];
    if (male !== undefined && female !== undefined) found[`gender_gap/${name}`] = Math.abs(male - female);
  }
  return found;
}

const partNames = [
  'verification_auc',
  'verification_accuracy',
  'verification_eer',
  'gallery_rank1',
  'gallery_rank5',
];

function partScores(
  { pairs, identification }: Matching,
  threshold: number | undefined,
  inside: { pair: (a: number, b: number) => boolean; probe: (i: number) => boolean },
): Scores {
  const pairWeights =
    pairs && Float64Array.from(pairs.left, (a, k) => (inside.pair(a, pairs.right[k]!) ? 1 : 0));
  const probeWeights =
    identification && Float64Array.from(identification.probes, (i) => (inside.probe(i) ? 1 : 0));
  return matchingScores({ pairs, identification } as Matching, threshold, {
    ...(pairWeights ? { pairs: pairWeights } : {}),
    ...(probeWeights ? { probes: probeWeights } : {}),
  });
}
