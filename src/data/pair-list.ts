import { basename, isAbsolute, join, normalize, sep } from 'node:path';
import { FacecomError } from '../base/errors.ts';
import type { ListedPair, Listing, ListSettings } from './listing.ts';
import { NearNames } from './names.ts';
import { readTable } from './table.ts';
import { readUtf8 } from './text-file.ts';

/** A listing with the pairs that `data.pairs` lists. */
export async function withPairs(listing: Listing, settings: ListSettings): Promise<Listing> {
  if (settings.pairs === undefined) return listing;
  return { ...listing, pairs: await readPairs(listing.folder, settings.pairs, settings) };
}

/** The pairs of a list: a CSV file with two images and 0 or 1, or the form of LFW's pairs.txt. */
export async function readPairs(folder: string, name: string, settings: ListSettings): Promise<ListedPair[]> {
  const file = join(folder, name);
  const text = await readUtf8(file, basename(file));
  const pairs = /^\s*\d+(?:\s+\d+)?\s*$/.test(text.split('\n', 1)[0]!)
    ? await lfwPairs(folder, file, text)
    : await tablePairs(file, settings);
  if (pairs.length === 0)
    throw new FacecomError('data-empty', 'The list holds no pairs.', { place: { file }, exitCode: 2 });
  for (const { left, right } of pairs)
    for (const picture of [left, right])
      if (isAbsolute(picture) || normalize(picture).split(sep)[0] === '..')
        throw new FacecomError('data-path-escape', 'The list names images outside its folder.', {
          place: { file },
          found: picture,
          exitCode: 2,
        });
  return pairs;
}

async function tablePairs(file: string, { columns, delimiter }: ListSettings): Promise<ListedPair[]> {
  const table = await readTable(file, delimiter);
  table.needs([columns.left, columns.right, columns.same]);
  return table.rows.map(({ values, place }) => {
    const same = values[columns.same];
    if (same !== '0' && same !== '1')
      throw new FacecomError('data-pair', 'A pair is neither 0 nor 1.', {
        place,
        found: JSON.stringify(same),
        expected: '1 for the same identity, 0 for different identities',
        exitCode: 2,
      });
    return { left: values[columns.left]!, right: values[columns.right]!, same: same === '1' };
  });
}

/**
 * LFW's pairs.txt (Huang et al., 2007): a line `folds pairs` or `pairs`, then for each fold as many pairs of one identity
 * (`name 1 4`) as of two (`name 1 other 2`); image 4 of a name is `name/name_0004.jpg`.
 */
async function lfwPairs(folder: string, file: string, text: string): Promise<ListedPair[]> {
  const lines = text.split(/\r?\n/);
  const numbers = lines[0]!.trim().split(/\s+/).map(Number);
  const [folds, each] = numbers.length > 1 ? [numbers[0]!, numbers[1]!] : [1, numbers[0]!];
  const near = new NearNames();
  const pairs: ListedPair[] = [];
  const picture = async (person: string, number: string) => {
    const stem = `${person}/${person}_${number.padStart(4, '0')}`;
    return (
      (await near.near(folder, `${stem}.jpg`)) ?? (await near.near(folder, `${stem}.png`)) ?? `${stem}.jpg`
    );
  };
  for (const [i, line] of lines.entries()) {
    if (i === 0 || line.trim() === '') continue;
    const parts = line.includes('\t') ? line.split('\t') : line.trim().split(/\s+/);
    const whole = parts.length === 3 || parts.length === 4;
    if (!whole || !/^\d+$/.test(parts[1]!) || !/^\d+$/.test(parts.at(-1)!))
      throw new FacecomError('data-pair', 'A line of the list is no pair.', {
        place: { file, line: i + 1 },
        found: line.slice(0, 80),
        expected: 'name, number, number or name, number, name, number',
        exitCode: 2,
      });
    const [left, other] = [parts[0]!, parts.length === 4 ? parts[2]! : parts[0]!];
    pairs.push({
      left: await picture(left, parts[1]!),
      right: await picture(other, parts.at(-1)!),
      same: parts.length === 3,
      fold: Math.floor(pairs.length / (2 * each)),
    });
  }
  if (pairs.length !== 2 * folds * each)
    throw new FacecomError('data-pair', 'The list has not as many pairs as its first line says.', {
      place: { file, line: 1 },
      found: `${pairs.length} pairs`,
      expected: `${2 * folds * each}: ${folds} × ${each} of one identity and as many of two`,
      exitCode: 2,
    });
  return pairs;
}
