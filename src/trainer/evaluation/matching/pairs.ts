import { Random } from '../../../base/random.ts';
import type { Subset } from '../../../data/index.ts';
import { dot, type Embeddings } from './embeddings.ts';

/** Pairs by the positions of their images. */
export interface Pairs {
  left: Int32Array;
  right: Int32Array;
  /** 1 if both show one identity. */
  same: Uint8Array;
}

export interface PairSettings {
  pairs: 'sampled' | 'all' | 'given';
  pairs_per_identity: number;
  hard: number;
  seed: number;
}

/** Pairs of `all` beyond which they would not fit in memory. */
const mostPairs = 20_000_000;

/**
 * The pairs of a subset: those of its list, every one, or for each identity so many of their own and as many with somebody else. Depends
 * on the seed and the order of the images, and for hard pairs on the embeddings. Undefined if there are no identities, or if all
 * pairs would be more than 20 million.
 */
export function choosePairs(
  subset: Pick<Subset, 'size' | 'people' | 'pairs'>,
  settings: PairSettings,
  embeddings: Embeddings,
): Pairs | undefined {
  if (subset.pairs && settings.pairs !== 'all') {
    const { pairs } = subset;
    return {
      left: Int32Array.from(pairs, ({ left }) => left),
      right: Int32Array.from(pairs, ({ right }) => right),
      same: Uint8Array.from(pairs, ({ same }) => (same ? 1 : 0)),
    };
  }
  if (!subset.people || settings.pairs === 'given') return undefined;
  const known = [...subset.people.keys()].filter((i) => subset.people![i]! >= 0);
  if (settings.pairs === 'all') return allPairs(known, subset.people);
  return sampledPairs(known, subset.people, settings, embeddings);
}

function allPairs(known: readonly number[], people: Int32Array): Pairs | undefined {
  const count = (known.length * (known.length - 1)) / 2;
  if (count > mostPairs) return undefined;
  const pairs = { left: new Int32Array(count), right: new Int32Array(count), same: new Uint8Array(count) };
  let k = 0;
  for (let a = 0; a < known.length; a++)
    for (let b = a + 1; b < known.length; b++) {
      pairs.left[k] = known[a]!;
      pairs.right[k] = known[b]!;
      pairs.same[k++] = people[known[a]!] === people[known[b]!] ? 1 : 0;
    }
  return pairs;
}

function sampledPairs(
  known: readonly number[],
  people: Int32Array,
  { pairs_per_identity: each, hard, seed }: PairSettings,
  embeddings: Embeddings,
): Pairs | undefined {
  const pictures = new Map<number, number[]>();
  for (const i of known) pictures.set(people[i]!, [...(pictures.get(people[i]!) ?? []), i]);
  if (pictures.size < 2) return undefined;
  const [left, right, same]: [number[], number[], number[]] = [[], [], []];
  for (const [person, own] of pictures) {
    const random = new Random(seed, 'pairs', person);
    const wanted = drawOwn(own, each, random);
    for (const [a, b] of wanted) {
      left.push(a);
      right.push(b);
      same.push(1);
    }
    for (let k = 0; k < wanted.length; k++) {
      const a = random.pick(own);
      const other = stranger(known, people, person, random);
      const b = random.chance(hard) ? hardest(a, other, known, people, random, embeddings) : other;
      left.push(a);
      right.push(b);
      same.push(0);
    }
  }
  if (left.length === 0) return undefined;
  return { left: Int32Array.from(left), right: Int32Array.from(right), same: Uint8Array.from(same) };
}

/** Different pairs of one identity's images: all if they are few. */
function drawOwn(own: readonly number[], each: number, random: Random): [number, number][] {
  const count = (own.length * (own.length - 1)) / 2;
  const nth = (n: number): [number, number] => {
    // The pairs (a, b), a < b, counted by b.
    let b = Math.floor((1 + Math.sqrt(1 + 8 * n)) / 2);
    while ((b * (b - 1)) / 2 > n) b--;
    while (((b + 1) * b) / 2 <= n) b++;
    return [own[n - (b * (b - 1)) / 2]!, own[b]!];
  };
  if (count <= each) return Array.from({ length: count }, (_, n) => nth(n));
  const chosen = new Set<number>();
  while (chosen.size < each) chosen.add(random.integer(0, count - 1));
  return [...chosen].map(nth);
}

function stranger(known: readonly number[], people: Int32Array, person: number, random: Random): number {
  for (;;) {
    const i = random.pick(known);
    if (people[i] !== person) return i;
  }
}

/** Of a thousand images of others drawn at random the most similar one. */
function hardest(
  anchor: number,
  first: number,
  known: readonly number[],
  people: Int32Array,
  random: Random,
  { values, width }: Embeddings,
): number {
  let best = first;
  let highest = dot(values, anchor * width, values, first * width, width);
  const draws = Math.min(1000, known.length);
  for (let k = 0; k < draws; k++) {
    const other = draws === known.length ? known[k]! : random.pick(known);
    if (people[other] === people[anchor]) continue;
    const score = dot(values, anchor * width, values, other * width, width);
    if (score > highest) {
      highest = score;
      best = other;
    }
  }
  return best;
}
