import { createHash } from 'node:crypto';
import { type BigIntStats, readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolder, writeAside } from '../base/files.ts';
import { cacheFolder } from '../base/folders.ts';
import { markUsed } from './cache-tidy.ts';
import { type Head, readHead } from './head.ts';
import { lookOf } from './look.ts';

/** What is known of a file whose name is an image's. */
export interface FileFacts {
  /** SHA-256 of its bytes (hexadecimal). */
  sha256: string;
  head: Head;
  /** Perceptual hash, 16 hexadecimal digits; empty if the image cannot be decoded, undefined if it was not asked for. */
  look?: string | undefined;
}

interface Known extends FileFacts {
  /** The file's size, inode and times when it was read. */
  state: string;
}

export interface FactsOptions {
  /** Whether files that have not changed since they were hashed are left unread. */
  keep: boolean;
  /** Whether the images are decoded for their perceptual hashes too. */
  looks?: boolean;
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: { done: number; total: number }) => void) | undefined;
}

/**
 * The facts of each file. Reading gigabytes at every start would cost more than the cache of pixels saves, so the facts of a folder
 * are kept with size, inode and times of each file, and a file is read again when any of them differs. A file changed in the two
 * seconds before it was read is not trusted: its time could be that of a later change as well.
 */
export async function fileFacts(
  folder: string,
  files: readonly string[],
  options: FactsOptions,
): Promise<FileFacts[]> {
  const index = join(cacheFolder(), 'data', `${digest(`facts 3 ${folder}`).slice(0, 32)}.hashes`);
  const known = options.keep ? readIndex(index) : new Map<string, Known>();
  const facts = new Array<FileFacts>(files.length);
  const fresh = new Map<string, Known>();
  let changed = false;
  let next = 0;
  let done = 0;
  const worker = async () => {
    while (next < files.length) {
      options.signal?.throwIfAborted();
      const i = next++;
      const file = files[i]!;
      const before = known.get(file);
      const { settled, ...found } = await readOne(file, before, options.looks ?? false);
      facts[i] = found;
      if (before?.state !== found.state || before.look !== found.look) changed = true;
      if (settled) fresh.set(file, found);
      options.onProgress?.({ done: ++done, total: files.length });
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  if (options.keep && (changed || fresh.size !== known.size)) writeIndex(index, fresh);
  else if (options.keep) markUsed(index, Date.now());
  return facts;
}

/** Bytes up to which a file is read at once. */
const small = 32 * 1024 * 1024;

async function readOne(
  file: string,
  known: Known | undefined,
  looks: boolean,
): Promise<Known & { settled: boolean }> {
  const handle = await open(file);
  try {
    const info = await handle.stat({ bigint: true });
    const state = stateOf(info);
    const settled = BigInt(Date.now()) * 1_000_000n - info.mtimeNs > 2_000_000_000n;
    if (known?.state === state && (!looks || known.look !== undefined)) return { ...known, settled: true };
    const hash = createHash('sha256');
    let head: Head;
    if (info.size <= small) {
      const bytes = await handle.readFile();
      hash.update(bytes);
      head = await readHead(bytes);
    } else {
      for await (const chunk of handle.createReadStream({ autoClose: false, highWaterMark: 1 << 20 }))
        hash.update(chunk);
      head = await readHead(file);
    }
    const look = looks ? ('error' in head ? '' : await lookOf(file)) : known?.look;
    return { state, settled, sha256: hash.digest('hex'), head, ...(look === undefined ? {} : { look }) };
  } finally {
    await handle.close();
  }
}

function stateOf({ size, ino, mtimeNs, ctimeNs }: BigIntStats): string {
  return `${size} ${ino} ${mtimeNs} ${ctimeNs}`;
}

/** JSON writes a hash that is not known as null. */
type Line = [file: string, state: string, sha256: string, head: Head, look?: string | null];

/** The index holds the digest of its lines first, so that a damaged one is not believed. */
function readIndex(index: string): Map<string, Known> {
  const known = new Map<string, Known>();
  try {
    const text = readFileSync(index, 'utf8');
    const end = text.indexOf('\n');
    const body = text.slice(end + 1);
    if (digest(body) !== text.slice(0, end)) return known;
    for (const [file, state, sha256, head, look] of JSON.parse(body) as Line[])
      known.set(file, { state, sha256, head, ...(typeof look === 'string' ? { look } : {}) });
  } catch {
    known.clear();
  }
  return known;
}

function writeIndex(index: string, known: Map<string, Known>): void {
  try {
    makeFolder(dirname(index));
    const body = JSON.stringify(
      Array.from(known, ([file, { state, sha256, head, look }]) => [file, state, sha256, head, look]),
    );
    writeAside(index, `${digest(body)}\n${body}`);
  } catch {
    // Without it the next start reads the files again; an unwritable cache folder is reported where pixels are kept.
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
