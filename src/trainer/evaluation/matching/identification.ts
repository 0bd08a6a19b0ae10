import { Random } from '../../../base/random.ts';
import type { Subset } from '../../../data/index.ts';
import { macroF1 } from '../macro-f1.ts';
import type { Scores } from '../metrics.ts';
import { dot, type Embeddings } from './embeddings.ts';

/** What was found for each probe. */
export interface Identification {
  /** Positions of the probes in the subset. */
  probes: Int32Array;
  /** Identity of the most similar gallery image, and that similarity. */
  best: Int32Array;
  similarity: Float32Array;
  /** How many identities are more similar than the right one. */
  rank: Int32Array;
  people: Int32Array;
  gallery: number;
  /** The same among the identities that are enrolled in the open set: of whom it is searched, and who is. */
  open?: { enrolled: ReadonlySet<number>; best: Int32Array; similarity: Float32Array };
}

type Given = Pick<Subset, 'size' | 'people' | 'conditions'>;

/**
 * Clean images are the gallery, distorted ones the probes. Where nothing is distorted, one clean image of each identity, drawn by the
 * seed, is the gallery, and the others are the probes. Undefined if that leaves no gallery of two identities or no probe.
 */
export function galleryAndProbes(
  { people, conditions, size }: Given,
  seed: number,
): { gallery: number[]; probes: number[] } | undefined {
  if (!people) return undefined;
  const known = Array.from({ length: size }, (_, i) => i).filter((i) => people[i]! >= 0);
  const distorted = known.filter((i) => conditions?.[i] !== undefined);
  let gallery = known.filter((i) => conditions?.[i] === undefined);
  let probes = distorted;
  if (distorted.length === 0) {
    const own = new Map<number, number[]>();
    for (const i of gallery) own.set(people[i]!, [...(own.get(people[i]!) ?? []), i]);
    const enrolled = new Set(
      [...own].map(([person, list]) => new Random(seed, 'gallery', person).pick(list)),
    );
    probes = gallery.filter((i) => !enrolled.has(i));
    gallery = [...enrolled].sort((a, b) => a - b);
  }
  const enrolled = new Set(gallery.map((i) => people[i]!));
  probes = probes.filter((i) => enrolled.has(people[i]!));
  return enrolled.size < 2 || probes.length === 0 ? undefined : { gallery, probes };
}

/** Looks every probe up in the gallery, whose features are those of `reference`; an identity is as similar as the most similar of their images. */
export function identify(
  subset: Given,
  { values, width }: Embeddings,
  settings: { seed: number; open_set: number },
  reference: Embeddings,
): Identification | undefined {
  const sets = galleryAndProbes(subset, settings.seed);
  if (!sets) return undefined;
  const { gallery, probes } = sets;
  const people = subset.people!;
  const persons = [...new Set(gallery.map((i) => people[i]!))].sort((a, b) => a - b);
  const columnOf = new Map(persons.map((person, column) => [person, column]));
  const columns = Int32Array.from(gallery, (i) => columnOf.get(people[i]!)!);
  const enrolled = enrolledPeople(persons, settings);
  const found: Identification = {
    probes: Int32Array.from(probes),
    best: new Int32Array(probes.length),
    similarity: new Float32Array(probes.length),
    rank: new Int32Array(probes.length),
    people: Int32Array.from(probes, (i) => people[i]!),
    gallery: persons.length,
    ...(enrolled
      ? {
          open: {
            enrolled,
            best: new Int32Array(probes.length),
            similarity: new Float32Array(probes.length),
          },
        }
      : {}),
  };
  const scores = new Float64Array(persons.length);
  for (const [k, probe] of probes.entries()) {
    scores.fill(Number.NEGATIVE_INFINITY);
    for (let g = 0; g < gallery.length; g++) {
      const score = dot(values, probe * width, reference.values, gallery[g]! * width, width);
      if (score > scores[columns[g]!]!) scores[columns[g]!] = score;
    }
    const own = columnOf.get(people[probe]!)!;
    let [best, open, rank] = [0, -1, 0];
    for (let column = 0; column < scores.length; column++) {
      if (scores[column]! > scores[best]!) best = column;
      if (scores[column]! > scores[own]! || (scores[column] === scores[own] && column < own)) rank++;
      if (enrolled?.has(persons[column]!) && (open < 0 || scores[column]! > scores[open]!)) open = column;
    }
    found.best[k] = persons[best]!;
    found.similarity[k] = scores[best]!;
    found.rank[k] = rank;
    if (found.open) {
      found.open.best[k] = persons[open]!;
      found.open.similarity[k] = scores[open]!;
    }
  }
  return found;
}

/** Who is in the gallery of the open set; undefined if that would leave nobody on one side. */
function enrolledPeople(
  persons: readonly number[],
  { seed, open_set: share }: { seed: number; open_set: number },
): Set<number> | undefined {
  const left = Math.round(share * persons.length);
  if (left === 0 || left === persons.length) return undefined;
  const order = new Random(seed, 'open-set').shuffle([...persons]);
  return new Set(order.slice(left));
}

/**
 * rank-1, rank-5 and macro-F1. In the open set a probe of an enrolled identity is right if it is found above the threshold, one of
 * anybody else if nobody is. `weights` counts each probe as often; for macro-F1 they are the draws of a bootstrap over identities.
 */
export function identificationScores(
  { best, rank, people, open }: Identification,
  threshold: number | undefined,
  weights?: ArrayLike<number>,
): Scores {
  let [total, first, five, right, classes] = [0, 0, 0, 0, 0];
  for (let k = 0; k < best.length; k++) {
    classes = Math.max(classes, people[k]! + 1, best[k]! + 1);
    const weight = weights ? weights[k]! : 1;
    if (weight === 0) continue;
    total += weight;
    if (rank[k]! < 1) first += weight;
    if (rank[k]! < 5) five += weight;
    if (open && threshold !== undefined) {
      const accepted = open.similarity[k]! >= threshold;
      const known = open.enrolled.has(people[k]!);
      if (known ? accepted && open.best[k] === people[k] : !accepted) right += weight;
    }
  }
  if (total === 0) return {};
  return {
    gallery_rank1: first / total,
    gallery_rank5: five / total,
    gallery_macro_f1: macroF1({ truth: people, guess: best, classes }, weights),
    ...(open && threshold !== undefined ? { gallery_open_set: right / total } : {}),
  };
}
