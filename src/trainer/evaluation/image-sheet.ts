import type { Subset } from '../../data/index.ts';
import type { HardPair } from '../../record/index.ts';
import type { Answer } from './test-images.ts';

/** Images side by side in one file, in rows from the top left. */
export interface ImageSheet {
  /** JPEG. */
  bytes: Buffer;
  /** Pixels of a tile's side. */
  tile: number;
  columns: number;
  /** Names of the images, tile by tile. */
  names: string[];
}

const TILE = 64; // pixels
const COLUMNS = 16;
const MOST = 256; // tiles
const OF_ONE = 6; // images of one identity

/**
 * The images that a report shows: of the hardest pairs, and those with a wrong answer, of the identities with the most errors first.
 * Undefined if there are none.
 */
export async function imageSheet(
  subset: Subset,
  answers: readonly Answer[],
  pairs: readonly HardPair[],
): Promise<ImageSheet | undefined> {
  const names = chooseImages(answers, pairs);
  if (names.length === 0) return undefined;
  const positionOf = new Map(subset.names.map((name, i) => [name, i]));
  const { default: sharp } = await import('sharp');
  const side = Math.round(Math.sqrt(subset.pixels(0).length / 3));
  const tiles = [];
  for (const [i, name] of names.entries()) {
    const pixels = subset.pixels(positionOf.get(name)!);
    const input = await sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
      .resize(TILE, TILE)
      .raw()
      .toBuffer();
    tiles.push({
      input,
      raw: { width: TILE, height: TILE, channels: 3 as const },
      left: (i % COLUMNS) * TILE,
      top: Math.floor(i / COLUMNS) * TILE,
    });
  }
  const bytes = await sharp({
    create: {
      width: COLUMNS * TILE,
      height: Math.ceil(names.length / COLUMNS) * TILE,
      channels: 3,
      background: '#888888',
    },
  })
    .composite(tiles)
    .jpeg({ quality: 80 })
    .toBuffer();
  return { bytes, tile: TILE, columns: COLUMNS, names };
}

/** Each image once. */
export function chooseImages(answers: readonly Answer[], pairs: readonly HardPair[]): string[] {
  const chosen = new Set(pairs.flatMap(({ left, right }) => [left, right]));
  const wrong = answers.filter(
    ({ genderRight, identityRight }) => genderRight === false || identityRight === false,
  );
  const own = new Map<string, Answer[]>();
  for (const answer of wrong) {
    const key = answer.identity ?? '';
    own.set(key, [...(own.get(key) ?? []), answer]);
  }
  for (const group of [...own.values()].sort((a, b) => b.length - a.length))
    for (const { name } of group.toSorted(byCertainty).slice(0, OF_ONE)) chosen.add(name);
  for (const { name } of wrong.toSorted(byCertainty)) chosen.add(name);
  return [...chosen].slice(0, MOST);
}

/** The most certain of the wrong answers first. */
const byCertainty = (a: Answer, b: Answer): number => wrongness(b) - wrongness(a);

const wrongness = ({ genderRight, identityRight, female, certainty }: Answer): number =>
  Math.max(genderRight === false ? Math.max(female, 1 - female) : 0, identityRight === false ? certainty : 0);
