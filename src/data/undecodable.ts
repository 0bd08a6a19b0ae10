import type { FacecomError } from '../base/errors.ts';
import { decodeConcurrency, decodePicture } from './decode.ts';

/** Images that are decoded for it at most. */
const MOST = 2000;

/**
 * Of images whose headers are well, those that cannot be decoded all the same, such as one that ends in its middle: `name: why`. Looked at
 * if others are refused anyway, so that all can be mended at once.
 */
export async function undecodable(images: readonly { name: string; file: string }[]): Promise<string[]> {
  const looked = images.slice(0, MOST);
  const found: (string | undefined)[] = [];
  let next = 0;
  const worker = async () => {
    for (let i = next++; i < looked.length; i = next++) {
      const { name, file } = looked[i]!;
      found[i] = await decodePicture(file, 8).then(
        () => undefined,
        (error: FacecomError) => `${name}: ${(error.found ?? error.message).replace(`${file}: `, '')}`,
      );
    }
  };
  await Promise.all(Array.from({ length: decodeConcurrency() }, worker));
  return found.filter((text) => text !== undefined);
}
