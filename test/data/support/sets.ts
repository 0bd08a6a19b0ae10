import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import type { DataSettings } from '../../../src/data/sources/index.ts';
import { resolveConfig } from '../../../src/spec/index.ts';

/** Settings of a data set with the schema's defaults; not cached unless asked for. */
export function settings(data: object = {}): DataSettings {
  return resolveConfig({ name: 'test', data: { cache: false, image_size: 16, ...data } }).data;
}

export interface Entry {
  filename: unknown;
  gender?: unknown;
  person_id?: unknown;
}

/** A set in the FaceCom layout: a small image of one colour for each entry that names a file, and annotations.json. */
export async function writeSet(folder: string, entries: Entry[], annotations?: string): Promise<string> {
  await mkdir(join(folder, 'images'), { recursive: true });
  for (const [i, { filename }] of entries.entries()) {
    if (typeof filename !== 'string') continue;
    const background = { r: (i * 37) % 256, g: (i * 91) % 256, b: (i * 11) % 256 };
    await sharp({ create: { width: 10, height: 12, channels: 3, background } })
      .toFormat(filename.endsWith('.jpg') ? 'jpeg' : 'png')
      .toFile(join(folder, 'images', filename));
  }
  await writeFile(join(folder, 'annotations.json'), annotations ?? JSON.stringify(entries, null, 2));
  return folder;
}

/** Entries of so many identities with so many images each, genders in turn. */
export function people(count: number, each: number): Entry[] {
  return Array.from({ length: count * each }, (_, i) => ({
    filename: `p${Math.floor(i / each)}_${i % each}.png`,
    gender: Math.floor(i / each) % 2 ? 'Female' : 'Male',
    person_id: `p${Math.floor(i / each)}`,
  }));
}
