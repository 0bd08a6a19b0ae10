import { open } from 'node:fs/promises';
import { decodeLine, type Event, eventsFile } from '../../record/index.ts';

const CHUNK = 1 << 20; // bytes
const NEWLINE = 10;

/**
 * Some of a run's events from a position in bytes on, and the position after them: at most a megabyte of lines at once. With
 * `last`, a line without its end counts where it is whole. A file that is shorter than the position is read from its start.
 */
export async function readEventsFrom(
  runDir: string,
  position: number,
  { last }: { last: boolean },
): Promise<{ events: Event[]; position: number }> {
  const handle = await open(eventsFile(runDir), 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!handle) return { events: [], position };
  try {
    const { size } = await handle.stat();
    const from = size < position ? 0 : position;
    for (let length = CHUNK; ; length *= 2) {
      const buffer = Buffer.alloc(Math.min(length, size - from));
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, from);
      const bytes = buffer.subarray(0, bytesRead);
      const end = bytes.lastIndexOf(NEWLINE) + 1;
      const atEnd = from + bytesRead >= size;
      // A line longer than the chunk.
      if (end === 0 && !atEnd) continue;
      const events = decode(bytes.subarray(0, end));
      const rest = last && atEnd && end < bytesRead ? decodeLine(bytes.toString('utf8', end)) : undefined;
      if (rest) return { events: [...events, rest], position: from + bytesRead };
      return { events, position: from + end };
    }
  } finally {
    await handle.close();
  }
}

function decode(bytes: Buffer): Event[] {
  return bytes
    .toString('utf8')
    .split('\n')
    .flatMap((line) => decodeLine(line) ?? []);
}
