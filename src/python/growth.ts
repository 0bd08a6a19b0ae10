import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Progress } from './pip.ts';

const INTERVAL = 500; // ms
/** The rate is that of the last seconds. */
const WINDOW = 10_000; // ms

/** Reports how the bytes of a folder grow while another program fills it. Returns how to tell the total and how to stop. */
export function watchGrowth(
  folder: string,
  what: string,
  progress: ((progress: Progress) => void) | undefined,
): { expect: (total: number) => void; stop: () => void } {
  const before = bytesUnder(folder);
  const samples: { time: number; done: number }[] = [];
  let total: number | undefined;
  let most = 0;
  const timer = setInterval(() => {
    const time = performance.now();
    // A tool may copy what it has fetched, and remove it.
    most = Math.min(Math.max(most, bytesUnder(folder) - before), total ?? Number.POSITIVE_INFINITY);
    // The time before the first byte says nothing of the rate.
    if (most === 0) samples.length = 0;
    while (samples.length > 1 && samples[0]!.time < time - WINDOW) samples.shift();
    samples.push({ time, done: most });
    const first = samples[0]!;
    const whole = most === total;
    const rate = samples.length > 1 && !whole ? ((most - first.done) / (time - first.time)) * 1000 : 0;
    if (most > 0) progress?.({ what, done: most, ...(total === undefined ? {} : { total }), rate });
  }, INTERVAL);
  return {
    expect: (bytes) => {
      total = bytes;
    },
    stop: () => clearInterval(timer),
  };
}

/** Bytes of all files under a folder; 0 if it is not there. */
export function bytesUnder(folder: string): number {
  let bytes = 0;
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      bytes += entry.isDirectory() ? bytesUnder(path) : lstatSync(path).size;
    }
  } catch {
    // Removed while it was read.
  }
  return bytes;
}
