import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

/** SHA-256 of each file (hexadecimal), some read at once. */
export async function hashFiles(
  _folder: string,
  files: readonly string[],
  signal?: AbortSignal,
): Promise<string[]> {
  const digests = new Array<string>(files.length);
  let next = 0;
  const worker = async () => {
    while (next < files.length) {
      signal?.throwIfAborted();
      const i = next++;
      digests[i] = createHash('sha256')
        .update(await readFile(files[i]!))
        .digest('hex');
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  return digests;
}
