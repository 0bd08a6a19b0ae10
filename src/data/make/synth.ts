import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { newFolder } from '../../base/new-folder.ts';
import { resolveConfig } from '../../spec/index.ts';
import { sources } from '../sources/index.ts';
import { writeAnnotations } from './annotations.ts';

export interface SynthSettings {
  identities: number;
  images_per_identity: number;
  /** Share of the images under one of the seven bad conditions. */
  conditions: number;
  seed: number;
  /** Pixels on a side. */
  size: number;
}

/** Writes a synthetic set in the FaceCom layout; annotations.json comes last, so that half a set is none. Returns its images. */
export async function synthesize(
  path: string,
  { size, ...synthetic }: SynthSettings,
  options: { signal: AbortSignal; onProgress?: (progress: { done: number; total: number }) => void },
): Promise<{ folder: string; pictures: number }> {
  const { default: sharp } = await import('sharp');
  const folder = await newFolder(path);
  const { data } = resolveConfig({ name: 'synth', data: { image_size: size, synthetic } });
  const { source } = await sources.synthetic();
  const { entries, decode } = await source.open(data, options);
  await mkdir(join(folder, 'images'));
  for (const [i, entry] of entries.entries()) {
    options.signal.throwIfAborted();
    await sharp(await decode(i), { raw: { width: size, height: size, channels: 3 } })
      .png({ compressionLevel: 4 })
      .toFile(join(folder, 'images', entry.name));
    options.onProgress?.({ done: i + 1, total: entries.length });
  }
  writeAnnotations(
    folder,
    entries.map(({ name, gender, person }) => ({ filename: name, gender, person })),
  );
  return { folder, pictures: entries.length };
}
