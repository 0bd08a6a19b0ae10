import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { pluginOf } from './registry.ts';

/** SHA-256, hexadecimal. */
export const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** A digest of what the files of plugins contain, in their order; undefined if there are none. */
export function pluginsDigest(files: readonly string[] = []): string | undefined {
  if (files.length === 0) return undefined;
  const hashes = files.map((file) => pluginOf(file)?.hash ?? hashOf(readFileSync(file)));
  return hashOf(Buffer.from(hashes.join('\n')));
}
