import { resolve } from 'node:path';
import { FacecomError } from '../../base/errors.ts';
import { collect } from '../collect.ts';
import type { ListedPicture, Listing } from '../listing.ts';
import { fileSources, type Source } from './index.ts';

/** The sources of `data.sources` one after the other, with their prefixes before the names of images and identities. */
export const source: Source = {
  async open(data, options) {
    if (data.sources.length === 0)
      throw new FacecomError('data-sources', 'data.source several needs data.sources.', {
        expected: 'a list such as [{source: folders, path: data/lfw, prefix: lfw/}]',
        exitCode: 2,
      });
    const all: Listing = {
      folder: data.sources.map(({ path }) => resolve(path)).join('\n'),
      pictures: [],
      warnings: [],
      notes: [],
      groups: new Map(),
    };
    for (const settings of data.sources) {
      const { source: files } = await fileSources[settings.source]();
      const part: Listing = await files.list(settings, options);
      const { prefix } = settings;
      all.pictures.push(...part.pictures.map((picture) => prefixed(picture, prefix)));
      all.warnings.push(...part.warnings);
      all.notes.push(...part.notes.map((note) => `${settings.path}: ${note}`));
      for (const [name, groups] of part.groups ?? [])
        all.groups!.set(
          prefix + name,
          groups.map((group) => `${prefix}${group}`),
        );
      if (part.pairs)
        all.pairs = [
          ...(all.pairs ?? []),
          ...part.pairs.map((pair) => ({ ...pair, left: prefix + pair.left, right: prefix + pair.right })),
        ];
    }
    return collect(all, data, options);
  },
};

function prefixed(picture: ListedPicture, prefix: string): ListedPicture {
  const { name, person } = picture;
  return { ...picture, name: prefix + name, person: person === undefined ? undefined : prefix + person };
}
