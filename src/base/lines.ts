import {
  closeSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
  watch,
  writeSync,
} from 'node:fs';
import { open, stat } from 'node:fs/promises';

/** Appends whole lines of JSON to a file that this process alone writes. */
export class LineWriter {
  private fd: number | undefined;

  /** A torn last line, which a crash left, is ended first, so that it cannot swallow the next one. */
  constructor(file: string) {
    this.fd = openSync(file, 'a+');
    const { size } = fstatSync(this.fd);
    const last = Buffer.alloc(1);
    if (size > 0 && readSync(this.fd, last, 0, 1, size - 1) === 1 && last[0] !== NEWLINE)
      writeSync(this.fd, '\n');
  }

  write(value: object): void {
    if (this.fd === undefined) throw new Error('The record was closed.');
    const bytes = Buffer.from(`${JSON.stringify(value)}\n`);
    // A full disk may take a part of a line only: what is left is tried once more, and then fails with the reason.
    for (let at = 0; at < bytes.length; ) at += writeSync(this.fd, bytes, at);
  }

  /** Waits until everything written is on the disk. */
  sync(): void {
    if (this.fd !== undefined) fsyncSync(this.fd);
  }

  close(): void {
    if (this.fd === undefined) return;
    closeSync(this.fd);
    this.fd = undefined;
  }
}

const NEWLINE = 10;

/** The objects of a file's whole lines; lines that are no JSON objects are left out, an absent file has none. */
export function readLines(file: string): object[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
  return parseLines(text);
}

export function isAbsent(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** A last line without its end counts where it is whole: its writer may not have come to the end of it. */
export function parseLines(text: string): object[] {
  const found: object[] = [];
  for (const line of text.split('\n')) {
    const value = parse(line);
    if (value) found.push(value);
  }
  return found;
}

function parse(line: string): object | undefined {
  if (line.trim() === '') return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const POLL = 200; // ms: file watching is not told of everything on every file system
const CHUNK = 1 << 20;

/** Bytes that a file holds; 0 where there is none. */
export function endOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/**
 * Gives a file's objects, those that are there (from a position in bytes on) and those that come, until `signal` is aborted; what
 * is written by then is still given. The file may not exist yet.
 */
export async function* followLines(
  file: string,
  { signal, from = 0 }: { signal: AbortSignal; from?: number },
): AsyncGenerator<object> {
  let position = from;
  let rest = Buffer.alloc(0);
  for (;;) {
    // Asked before reading: what was written before the end is read after it.
    const ended = signal.aborted;
    for (;;) {
      const chunk = await readFrom(file, position);
      if (!chunk) break;
      position += chunk.length;
      const bytes = Buffer.concat([rest, chunk]);
      const end = bytes.lastIndexOf(NEWLINE) + 1;
      rest = Buffer.from(bytes.subarray(end));
      if (end > 0) yield* parseLines(bytes.toString('utf8', 0, end));
    }
    if (ended) {
      yield* parseLines(rest.toString('utf8'));
      return;
    }
    await changed(file, signal);
  }
}

async function readFrom(file: string, position: number): Promise<Buffer | undefined> {
  try {
    const { size } = await stat(file);
    if (size <= position) return undefined;
    const handle = await open(file, 'r');
    try {
      const buffer = Buffer.alloc(Math.min(CHUNK, size - position));
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
      return bytesRead > 0 ? buffer.subarray(0, bytesRead) : undefined;
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

/** Resolves when the file may have changed, at the latest after POLL. */
function changed(file: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    let watcher: ReturnType<typeof watch> | undefined;
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      watcher?.close();
      resolve();
    };
    const timer = setTimeout(done, POLL);
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted) return done();
    try {
      watcher = watch(file, done);
      watcher.on('error', done);
    } catch {
      // Not there yet, or no watches left on this machine: the timer tells.
    }
  });
}
