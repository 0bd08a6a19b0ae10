import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Body } from './http.ts';

export interface Artifact {
  /** As MLflow shows it. */
  path: string;
  file: string;
  /** In place of the file's content: what is made for MLflow alone. */
  bytes?: Uint8Array;
  /** Makes what is sent of the file's content when it is sent. */
  make?: () => Promise<Uint8Array>;
  size: number;
  /** Milliseconds since 1970. */
  changed: number;
}

/**
 * The files below a folder, in the order of their paths. Links are left out, for they may lead elsewhere, and so is what is being
 * written aside.
 */
export async function filesBelow(folder: string, prefix = ''): Promise<Artifact[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const found: Artifact[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = prefix + entry.name;
    if (entry.isDirectory()) found.push(...(await filesBelow(join(folder, entry.name), `${path}/`)));
    else if (entry.isFile() && !entry.name.endsWith('.tmp'))
      found.push(...(await describe(join(folder, entry.name), path)));
  }
  return found;
}

/** The file, unless it is not there (any more) or is no regular one. */
export async function describe(file: string, path: string): Promise<Artifact[]> {
  const info = await lstat(file).catch(() => undefined);
  return info?.isFile() ? [{ path, file, size: info.size, changed: Math.trunc(info.mtimeMs) }] : [];
}

/** An artifact that is made for MLflow alone; in place of its time stands the start of its content's hash. */
export function made(path: string, text: string): Artifact {
  const bytes = Buffer.from(text);
  const changed = createHash('sha256').update(bytes).digest().readUIntBE(0, 6);
  return { path, file: '', bytes, size: bytes.length, changed };
}

const SMALL = 8 << 20; // bytes

/** The content as it is sent: small files whole, so that one that is written meanwhile has one length. */
export async function content({
  file,
  bytes,
  make,
  size,
}: Artifact): Promise<{ body: () => Body; size: number }> {
  if (bytes) return { body: () => bytes, size };
  if (make || size <= SMALL) {
    const bytes = await (make?.() ?? readFile(file));
    return { body: () => bytes, size: bytes.length };
  }
  const body = () =>
    Readable.toWeb(createReadStream(file, { end: size - 1 })) as unknown as ReadableStream<Uint8Array>;
  return { body, size };
}
