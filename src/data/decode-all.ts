import { FacecomError } from '../base/errors.ts';
import { undecoded } from './broken-text.ts';
import type { Collection, LoadOptions } from './dataset.ts';

export interface DecodeOptions extends Pick<LoadOptions, 'onProgress' | 'signal'> {
  /** Hands out nothing for images that cannot be decoded, in place of throwing. */
  skip?: boolean;
}

/** Decodes every image, some at once; those that cannot be are collected into one error, or handed out as undefined. */
export async function decodeAll(
  collection: Collection,
  length: number,
  options: DecodeOptions,
  take: (i: number, pixels: Uint8Array | undefined) => void,
): Promise<void> {
  const total = collection.entries.length;
  const corrupt: FacecomError[] = [];
  let next = 0;
  let done = 0;
  const worker = async () => {
    while (next < total) {
      options.signal?.throwIfAborted();
      const i = next++;
      try {
        const decoded = collection.decode(i);
        const pixels = decoded instanceof Uint8Array ? decoded : await decoded;
        if (pixels.length !== length) throw new Error(`image ${i} has ${pixels.length} bytes, not ${length}`);
        if (corrupt.length === 0) take(i, pixels);
      } catch (error) {
        if (!(error instanceof FacecomError && error.code.startsWith('data-picture-'))) {
          next = total;
          throw error;
        }
        if (options.skip) take(i, undefined);
        else corrupt.push(error);
      }
      done++;
      if (done % 16 === 0 || done === total) {
        options.onProgress?.({ done, total, unit: 'images' });
        // Drawing is synchronous: let signals and timers in.
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  };
  // All have ended before an error leaves, for the caller then closes the file that they write to.
  const ends = await Promise.allSettled(Array.from({ length: Math.max(1, collection.concurrency) }, worker));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  if (corrupt.length === 1) throw corrupt[0];
  if (corrupt.length > 1) {
    const shown = corrupt.slice(0, 10).map((error) => error.found);
    throw new FacecomError(corrupt[0]!.code, undecoded(corrupt.length), {
      found:
        shown.join('; ') +
        (corrupt.length > shown.length ? `; and ${corrupt.length - shown.length} more` : ''),
      expected: corrupt[0]!.expected,
      remedy: corrupt[0]!.remedy,
      exitCode: 2,
    });
  }
}
