import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { surveyDataset } from '../../../src/data/index.ts';
import type { Survey } from '../../../src/data/load.ts';
import { settings } from './sets.ts';

let drawn = 0;

/** Writes a small image of its own bytes to each path, whatever its ending; a text in place of one where it is given. */
export async function writeTree(
  folder: string,
  files: readonly (string | [string, string])[],
): Promise<string> {
  for (const file of files) {
    const [name, text] = typeof file === 'string' ? [file, undefined] : file;
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text ?? picture());
  }
  return folder;
}

/** Four grey pixels (PGM) that no other image has. */
export function picture(): Buffer {
  drawn++;
  return Buffer.concat([Buffer.from('P5 2 2 255\n'), Buffer.from([drawn & 255, (drawn >> 8) & 255, 7, 200])]);
}

export const survey = (data: object): Promise<Survey> => surveyDataset(settings(data));

/** Images, identities, men, women and distorted images of each side. */
export function counts({ collection, split }: Survey): Record<string, number[]> {
  return Object.fromEntries(
    Object.entries(split)
      .filter(([, positions]) => positions.length > 0)
      .map(([side, positions]) => {
        const entries = positions.map((i) => collection.entries[i]!);
        const people = new Set(entries.map(({ person }) => person));
        people.delete(undefined);
        const of = (gender: number) => entries.filter((entry) => entry.gender === gender).length;
        return [
          side,
          [
            entries.length,
            people.size,
            of(0),
            of(1),
            entries.filter(({ condition }) => condition !== undefined).length,
          ],
        ];
      }),
  );
}

export const codes = ({ warnings }: { warnings: readonly { code: string }[] }): string[] =>
  warnings.map(({ code }) => code);
