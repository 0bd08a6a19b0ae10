import { createHash } from 'node:crypto';
import { FacecomError } from '../../base/errors.ts';
import { extensionHash } from '../../plugins/index.ts';
import type { Experiment } from '../../spec/index.ts';
import type { Collection, PictureEntry } from '../dataset.ts';

type DataSettings = Experiment['data'];

/** An image of a plugin's source, and what is known of it. */
export interface OwnPicture {
  /** Unique in the data set. */
  name: string;
  gender?: 'Male' | 'Female';
  /** Name of the identity. */
  person?: string;
  /** Images with the same group stay on one side of a split. */
  group?: string;
}

export interface OwnPictures {
  pictures: readonly OwnPicture[];
  /** What the pixels depend on beside the options, such as a hash of the files: another text is another data set. */
  version: string;
  /** Pixels of the k-th image, `[size, size, 3]` RGB, 0 to 255. */
  decode(index: number): Uint8Array | Promise<Uint8Array>;
}

/** A data source of a plugin. `path` is `data.path` of the spec, `size` the side of the images in pixels. */
export interface SourceDefinition<Options = Record<string, never>> {
  open(
    options: Options,
    given: { path: string | undefined; size: number; signal?: AbortSignal },
  ): OwnPictures | Promise<OwnPictures>;
}

/** A plugin's source as one of the table: hashes are made of names, labels, options, the plugin's file and what it calls its version. */
export function ownSource(name: string, definition: SourceDefinition<unknown>) {
  return {
    async open(data: DataSettings, { signal }: { signal?: AbortSignal }): Promise<Collection> {
      const options = (data as unknown as Record<string, unknown>)[name];
      const found = await definition.open(options, { path: data.path, size: data.image_size, signal });
      const identity = [name, extensionHash('source', name), options, data.path, found.version];
      const digest = (...parts: unknown[]) =>
        createHash('sha256')
          .update(JSON.stringify([identity, ...parts]))
          .digest('hex');
      return {
        entries: found.pictures.map(entryOf),
        hash: digest(found.pictures),
        pixelKey: digest(
          found.pictures.map((picture) => picture.name),
          data.image_size,
        ).slice(0, 32),
        warnings: [],
        concurrency: 4,
        decode: (i) => checked(found.decode(i), data, found.pictures[i]!.name),
      };
    },
  };
}

function entryOf({ name, gender, person, group }: OwnPicture): PictureEntry {
  return {
    name,
    gender: gender === 'Male' ? 0 : gender === 'Female' ? 1 : -1,
    person,
    groups: group === undefined ? [`image ${name}`] : [group],
  };
}

async function checked(
  pixels: Uint8Array | Promise<Uint8Array>,
  { image_size: size }: DataSettings,
  name: string,
): Promise<Uint8Array> {
  const found = await pixels;
  if (found instanceof Uint8Array && found.length === size * size * 3) return found;
  throw new FacecomError('plugin-picture', `A plugin's source gives no pixels of ${name}.`, {
    found: found instanceof Uint8Array ? `${found.length} bytes` : typeof found,
    expected: `a Uint8Array of ${size} × ${size} × 3 bytes`,
    exitCode: 2,
  });
}
