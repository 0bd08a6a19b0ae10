import { readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';

const day = 24 * 3600 * 1000;

/** Removes what killed processes left half written, and sets that no run has used for 90 days. */
export function tidyCache(folder: string, now: number): void {
  for (const name of readdirSync(folder)) {
    const file = join(folder, name);
    try {
      const age = now - statSync(file).mtimeMs;
      const writer = /\.(?:pictures|hashes)\.(\d+)\.[0-9a-f]+\.tmp$/.exec(name)?.[1];
      // A process of that number on another machine may share the folder: what was written to lately is left alone.
      const abandoned = writer !== undefined && age > 10 * 60 * 1000 && !isAlive(Number(writer));
      const unused = /\.(?:pictures|hashes)$/.test(name) && age > 90 * day;
      if (abandoned || unused) rmSync(file, { force: true });
    } catch {
      // Another process tidies too.
    }
  }
}

/** Notes that a set was used. */
export function markUsed(file: string, now: number): void {
  try {
    utimesSync(file, now / 1000, now / 1000);
  } catch {
    // A cache that can only be read is as good.
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
