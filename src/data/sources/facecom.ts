import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { readAnnotations } from '../annotations.ts';
import type { DataWarning, PictureEntry } from '../dataset.ts';
import { decodePicture, decodeVersion } from '../decode.ts';
import { hashFiles } from '../file-hashes.ts';
import { versionGroups } from '../versions.ts';
import type { Source } from './index.ts';

/**
 * A folder with `annotations.json`, a list of `{filename, gender: "Male" | "Female", person_id}`, and the pictures in `images/` or
 * beside it. A label may be absent or null.
 */
export const source: Source = {
  async open(data, { signal }) {
    const annotations = await readAnnotations(data.path);
    const folder = resolve(data.path ?? '');
    const files = annotations.map((annotation) => join(folder, annotation.file));
    const digests = await hashFiles(folder, files, { keep: data.cache, signal });
    const groups = versionGroups(annotations.map((annotation) => annotation.filename));
    const firstOf = new Map<string, number>();
    const warnings: DataWarning[] = [];
    let copies = 0;
    let contradictions = 0;
    const entries = annotations.map(({ filename, gender, person }, i): PictureEntry => {
      const first = firstOf.get(digests[i]!);
      if (first === undefined) firstOf.set(digests[i]!, i);
      else {
        copies++;
        const other = annotations[first]!;
        if (other.person !== person || other.gender !== gender) contradictions++;
      }
      return { name: filename, gender, person, groups: [groups[i]!, `bytes ${digests[i]}`] };
    });
    if (copies > 0)
      warnings.push({
        code: 'data-copies',
        message: `${copies} pictures are byte for byte copies of others${contradictions > 0 ? `, ${contradictions} of them with other labels` : ''}; copies stay on one side of the split.`,
      });
    warnings.push(...missingLabels(entries));
    const labels = entries.map(({ name, gender, person }, i) => [name, gender, person ?? null, digests[i]]);
    const pixels = createHash('sha256').update(`${decodeVersion}\n${data.image_size}\n${digests.join('\n')}`);
    return {
      entries,
      hash: createHash('sha256').update(JSON.stringify(labels)).digest('hex'),
      pixelKey: pixels.digest('hex').slice(0, 32),
      warnings,
      concurrency: 4,
      decode: (i) => decodePicture(files[i]!, data.image_size),
      file: (i) => files[i]!,
    };
  },
};

function missingLabels(entries: PictureEntry[]): DataWarning[] {
  const gender = entries.filter((entry) => entry.gender === -1).length;
  const person = entries.filter((entry) => entry.person === undefined).length;
  if (gender + person === 0) return [];
  return [
    {
      code: 'data-missing-labels',
      message: `Of ${entries.length} pictures, ${gender} have no gender and ${person} no person_id; a missing label counts in no loss and no metric.`,
    },
  ];
}
