import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newFolder, onInterrupt } from '../../../base/new-folder.ts';
import { numberOption, progressLine } from './target.ts';

export interface SynthOptions {
  identities: string;
  images: string;
  size: string;
  conditions: string;
  seed: string;
  json?: boolean;
}

/** Writes a synthetic set; annotations.json comes last, so that half a set is none. */
export async function synth(path: string, options: SynthOptions): Promise<void> {
  const settings = {
    identities: numberOption('identities', options.identities, { low: 2, high: 2000 }),
    images_per_identity: numberOption('images', options.images, { low: 3, high: 1000 }),
    seed: numberOption('seed', options.seed, { low: 0, high: 4294967295 }),
    conditions: numberOption('conditions', options.conditions, { low: 0, high: 1, whole: false }),
  };
  const size = numberOption('size', options.size, { low: 16, high: 1024 });
  const { sources } = await import('../../../data/index.ts');
  const { resolveConfig } = await import('../../../spec/index.ts');
  const { default: sharp } = await import('sharp');
  const folder = await newFolder(path);
  const signal = onInterrupt();
  const { data } = resolveConfig({ name: 'synth', data: { image_size: size, synthetic: settings } });
  const { source } = await sources.synthetic();
  const collection = await source.open(data, { signal });
  await mkdir(join(folder, 'images'));
  const report = progressLine('drawing');
  for (const [i, entry] of collection.entries.entries()) {
    signal.throwIfAborted();
    const pixels = await collection.decode(i);
    await sharp(pixels, { raw: { width: size, height: size, channels: 3 } })
      .png({ compressionLevel: 4 })
      .toFile(join(folder, 'images', entry.name));
    report({ done: i + 1, total: collection.entries.length });
  }
  const annotations = collection.entries.map(({ name, gender, person }) => ({
    filename: name,
    gender: gender === 1 ? 'Female' : 'Male',
    person_id: person,
  }));
  const lines = annotations.map((annotation) => `  ${JSON.stringify(annotation)}`);
  const aside = join(folder, 'annotations.json.tmp');
  await writeFile(aside, `[\n${lines.join(',\n')}\n]\n`);
  await rename(aside, join(folder, 'annotations.json'));
  const summary = { folder, pictures: annotations.length, identities: settings.identities, size };
  process.stdout.write(
    options.json
      ? `${JSON.stringify(summary)}\n`
      : `${summary.pictures} pictures of ${summary.identities} people, ${size} × ${size} pixels, in ${folder}\n`,
  );
}
