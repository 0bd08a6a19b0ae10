import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export interface LogLimit {
  /** Bytes above which a log is cut. */
  largest: number;
  /** Bytes that are kept of its beginning, and of its end. */
  kept: number;
}

const LIMIT: LogLimit = { largest: 256 << 20, kept: 1 << 20 };
const INTERVAL = 1000; // ms

/**
 * Cuts a run's log whenever it has grown too long, so that a trainer that prints without end does not fill the disk: its beginning and its
 * end stay. What the trainer prints in that very moment may be lost. Returns what ends the watching.
 */
export function limitLog(runDir: string, limit = LIMIT, interval = INTERVAL): () => void {
  const file = join(runDir, 'log.txt');
  const look = () => {
    try {
      cut(file, limit);
    } catch {
      // It is the trainer's; that it cannot be cut is no reason to end anything.
    }
  };
  const timer = setInterval(look, interval);
  timer.unref();
  return () => {
    clearInterval(timer);
    look();
  };
}

function cut(file: string, { largest, kept }: LogLimit): void {
  const fd = openSync(file, 'r+');
  try {
    const { size } = fstatSync(fd);
    if (size <= largest) return;
    const end = Buffer.alloc(kept);
    const length = readSync(fd, end, 0, kept, size - kept);
    const left = `\n[facecom: ${size - 2 * kept} bytes of this log were left out here]\n`;
    // The trainer appends: what it prints next comes after what is written here.
    ftruncateSync(fd, kept);
    const position = kept + writeSync(fd, left, kept);
    writeSync(fd, end, 0, length, position);
  } finally {
    closeSync(fd);
  }
}
