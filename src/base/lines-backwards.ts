import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { isAbsent } from './files.ts';
import { LONGEST_LINE } from './lines.ts';

const NEWLINE = 10;
const FIRST = 1 << 12; // bytes: the last line of most records fits
const CHUNK = 1 << 16;

/**
 * A file's lines from its last to its first, as much of it as is asked for; an absent file has none. A line longer than `longest`
 * bytes is given as an empty one.
 */
export function* linesBackwards(file: string, longest = LONGEST_LINE): Generator<string> {
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch (error) {
    if (isAbsent(error)) return;
    throw error;
  }
  try {
    let position = fstatSync(fd).size;
    if (position === 0) return;
    // What was read of a line whose beginning was not, in the order of the file.
    let pieces: Buffer[] = [];
    let held = 0;
    for (let size = FIRST; position > 0; size = CHUNK) {
      const length = Math.min(size, position);
      position -= length;
      const chunk = Buffer.allocUnsafe(length);
      let end = readSync(fd, chunk, 0, length, position);
      for (let at = end - 1; at >= 0; at--) {
        if (chunk[at] !== NEWLINE) continue;
        yield joined(chunk.subarray(at + 1, end), pieces, held <= longest);
        pieces = [];
        held = 0;
        end = at;
      }
      held += end;
      if (held <= longest) pieces.unshift(chunk.subarray(0, end));
    }
    yield joined(Buffer.alloc(0), pieces, held <= longest);
  } finally {
    closeSync(fd);
  }
}

function joined(first: Buffer, pieces: readonly Buffer[], whole: boolean): string {
  if (!whole) return '';
  return pieces.length === 0 ? first.toString('utf8') : Buffer.concat([first, ...pieces]).toString('utf8');
}
