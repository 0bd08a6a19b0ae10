import { createHash } from 'node:crypto';
import { type BigIntStats, mkdirSync, readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeAside } from '../base/files.ts';
import { cacheFolder } from '../base/folders.ts';
import { markUsed } from './cache-tidy.ts';

/** What is known of a file: its state when it was read, and the SHA-256 of its bytes. */
interface Known {
  state: string;
  sha256: string;
}

export interface HashOptions {
  /** Whether files that have not changed since they were hashed are left unread. */
  keep: boolean;
  signal?: AbortSignal | undefined;
}

/**
 * SHA-256 of each file (hexadecimal). Hashing gigabytes at every start would cost more than the cache of pixels saves, so the
 * hashes of a folder are kept with size, inode and times of each file, and a file is read again when any of them differs. A
 * file changed in the two seconds before it was hashed is not trusted: its time could be that of a later change as well.
 */
export async function hashFiles(
  folder: string,
  files: readonly string[],
  options: HashOptions,
): Promise<string[]> {
  const index = join(cacheFolder(), 'data', `${digest(folder).slice(0, 32)}.hashes`);
  const known = options.keep ? readIndex(index) : new Map<string, Known>();
  const hashes = new Array<string>(files.length);
  const fresh = new Map<string, Known>();
  let changed = false;
  let next = 0;
  const worker = async () => {
    while (next < files.length) {
      options.signal?.throwIfAborted();
      const i = next++;
      const file = files[i]!;
      const { sha256, state, settled } = await hashOne(file, known.get(file));
      hashes[i] = sha256;
      if (known.get(file)?.state !== state) changed = true;
      if (settled) fresh.set(file, { state, sha256 });
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  if (options.keep && (changed || fresh.size !== known.size)) writeIndex(index, fresh);
  else if (options.keep) markUsed(index, Date.now());
  return hashes;
}

async function hashOne(file: string, known: Known | undefined): Promise<Known & { settled: boolean }> {
  const handle = await open(file);
  try {
    const info = await handle.stat({ bigint: true });
    const state = stateOf(info);
    const settled = BigInt(Date.now()) * 1_000_000n - info.mtimeNs > 2_000_000_000n;
    if (known?.state === state) return { ...known, settled: true };
    const hash = createHash('sha256');
    for await (const chunk of handle.createReadStream({ autoClose: false, highWaterMark: 1 << 20 }))
      hash.update(chunk);
    return { state, settled, sha256: hash.digest('hex') };
  } finally {
    await handle.close();
  }
}

function stateOf({ size, ino, mtimeNs, ctimeNs }: BigIntStats): string {
  return `${size} ${ino} ${mtimeNs} ${ctimeNs}`;
}

/** The index holds the digest of its lines first, so that a damaged one is not believed. */
function readIndex(index: string): Map<string, Known> {
  const known = new Map<string, Known>();
  try {
    const text = readFileSync(index, 'utf8');
    const end = text.indexOf('\n');
    const body = text.slice(end + 1);
    if (digest(body) !== text.slice(0, end)) return known;
    for (const [file, state, sha256] of JSON.parse(body) as [string, string, string][])
      known.set(file, { state, sha256 });
  } catch {
    known.clear();
  }
  return known;
}

function writeIndex(index: string, known: Map<string, Known>): void {
  try {
    mkdirSync(dirname(index), { recursive: true });
    const body = JSON.stringify(Array.from(known, ([file, { state, sha256 }]) => [file, state, sha256]));
    writeAside(index, `${digest(body)}\n${body}`);
  } catch {
    // Without it the next start reads the files again; an unwritable cache folder is said where pixels are kept.
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
