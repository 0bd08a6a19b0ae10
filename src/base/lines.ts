import { closeSync, fstatSync, fsyncSync, openSync, readSync, statSync, watch, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { isAbsent } from './files.ts';
import { isRecord } from './objects.ts';

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
const CHUNK = 1 << 20;

/** Bytes above which a line is skipped to its end: nothing that is meant is that long. */
export const LONGEST_LINE = 16 << 20;

/** A line of a file. */
export interface Line {
  /** Undefined if it is longer than LONGEST_LINE. */
  text?: string;
  /** Bytes of the file before it, and up to what follows it. */
  start: number;
  end: number;
  /** It has no end: the last of the file, whose writer may still be at it. */
  open?: boolean;
}

/** Makes lines of a file's bytes as they come, in time and memory that grow with the bytes alone. */
export class LineSplitter {
  private pieces: Buffer[] = [];
  private held = 0;
  private position: number;
  private readonly longest: number;

  /** `position`: bytes of the file before the first piece. */
  constructor(position = 0, longest = LONGEST_LINE) {
    this.position = position;
    this.longest = longest;
  }

  /** The lines that this piece ends. It is kept, and must not be changed. */
  *push(chunk: Buffer): Generator<Line> {
    for (let at = 0; at < chunk.length; ) {
      const end = chunk.indexOf(NEWLINE, at);
      this.hold(chunk.subarray(at, end < 0 ? chunk.length : end));
      if (end < 0) return;
      at = end + 1;
      yield this.take(1);
    }
  }

  /** What is left after the last end of a line; undefined if nothing is. */
  rest(): Line | undefined {
    return this.held === 0 ? undefined : this.take(0);
  }

  private hold(part: Buffer): void {
    this.held += part.length;
    if (this.held > this.longest) this.pieces = [];
    else if (part.length > 0) this.pieces.push(part);
  }

  private take(ending: number): Line {
    const start = this.position;
    const end = start + this.held + ending;
    const line: Line = { start, end, ...(ending === 0 ? { open: true } : {}) };
    if (this.held <= this.longest)
      line.text =
        this.pieces.length === 1 ? this.pieces[0]!.toString() : Buffer.concat(this.pieces).toString();
    this.pieces = [];
    this.held = 0;
    this.position = end;
    return line;
  }
}

/** A file's lines from a position in bytes on; an absent file has none. The last may have no end: its writer may still be at it. */
export function* linesOf(file: string, from = 0): Generator<Line> {
  const splitter = new LineSplitter(from);
  for (const chunk of chunksOf(file, from)) yield* splitter.push(chunk);
  const rest = splitter.rest();
  if (rest) yield rest;
}

function* chunksOf(file: string, from: number, to = Number.POSITIVE_INFINITY): Generator<Buffer> {
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch (error) {
    if (isAbsent(error)) return;
    throw error;
  }
  try {
    const size = Math.min(fstatSync(fd).size, to);
    for (let position = from; position < size; ) {
      const buffer = Buffer.allocUnsafe(Math.min(CHUNK, size - position));
      const bytes = readSync(fd, buffer, 0, buffer.length, position);
      if (bytes === 0) return;
      position += bytes;
      yield buffer.subarray(0, bytes);
    }
  } finally {
    closeSync(fd);
  }
}

/** The number, from 1, of the line that begins at a position in bytes. */
export function lineNumber(file: string, position: number): number {
  let number = 1;
  for (const chunk of chunksOf(file, 0, position))
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) number++;
  return number;
}

/** The objects of a file's lines; lines that are no JSON objects are left out, an absent file has none. */
export function readLines(file: string): object[] {
  const found: object[] = [];
  for (const { text } of linesOf(file)) {
    const value = text === undefined ? undefined : parseLine(text);
    if (value) found.push(value);
  }
  return found;
}

/** The object of a line, in which bare NaN and infinities are read as strings of the same name; undefined if it holds none. */
export function parseLine(line: string): object | undefined {
  // What is no object at all is told without an error, which takes its time.
  if (!line.trimStart().startsWith('{')) return undefined;
  const value = parse(line) ?? (/NaN|Infinity/.test(line) ? parse(quoteConstants(line)) : undefined);
  return isRecord(value) ? value : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** As the record spells them: Python's json.dumps writes them bare, which is no JSON. */
function quoteConstants(text: string): string {
  let quoted = '';
  let done = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (inString) {
      if (char === '\\') at++;
      else if (char === '"') inString = false;
      continue;
    }
    if (char === '"') inString = true;
    const word = constants.find((name) => char === name[0] && text.startsWith(name, at));
    if (!word) continue;
    quoted += `${text.slice(done, at)}"${word}"`;
    done = at + word.length;
    at = done - 1;
  }
  return quoted + text.slice(done);
}

const constants = ['NaN', 'Infinity', '-Infinity'];

const POLL = 200; // ms: file watching is not told of everything on every file system

/** Bytes that a file holds; 0 if there is none. */
export function endOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/**
 * Returns a file's lines, those that are there (from a position in bytes on) and those that come, until `signal` is aborted; what is
 * written by then is still returned. The file may not exist yet.
 */
export async function* followLines(
  file: string,
  { signal, from = 0 }: { signal: AbortSignal; from?: number },
): AsyncGenerator<Line> {
  const splitter = new LineSplitter(from);
  for (let position = from; ; ) {
    // Asked before reading: what was written before the end is read after it.
    const ended = signal.aborted;
    for (;;) {
      const chunk = await readFrom(file, position);
      if (!chunk) break;
      position += chunk.length;
      yield* splitter.push(chunk);
    }
    if (ended) {
      const rest = splitter.rest();
      if (rest) yield rest;
      return;
    }
    await changed(file, signal);
  }
}

/**
 * The next lines of a file from a position in bytes on, about a megabyte of them, and `rest`, what follows the last end of a line at
 * the end of the file. A file that is shorter than the position is read from its start.
 */
export async function nextLines(
  file: string,
  position: number,
): Promise<{ lines: Line[]; rest?: Line; position: number }> {
  const from = endOf(file) < position ? 0 : position;
  const splitter = new LineSplitter(from);
  const lines: Line[] = [];
  for (let at = from; lines.length === 0; ) {
    const chunk = await readFrom(file, at);
    if (!chunk) {
      const rest = splitter.rest();
      return { lines, ...(rest ? { rest } : {}), position: from };
    }
    at += chunk.length;
    lines.push(...splitter.push(chunk));
  }
  return { lines, position: lines.at(-1)!.end };
}

async function readFrom(file: string, position: number): Promise<Buffer | undefined> {
  try {
    // Opened first: a shared file system may tell an old size of a file that is not.
    const handle = await open(file, 'r');
    try {
      const { size } = await handle.stat();
      if (size <= position) return undefined;
      const buffer = Buffer.allocUnsafe(Math.min(CHUNK, size - position));
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
