import { readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { tidyAside } from '../base/files.ts';

const day = 24 * 3600 * 1000;

/** Removes what killed processes left half written, and sets that no run has used for 90 days. */
export function tidyCache(folder: string, now: number): void {
  tidyAside(folder, now);
  for (const name of readdirSync(folder)) {
    if (!/\.(?:pictures|hashes)$/.test(name)) continue;
    const file = join(folder, name);
    try {
      if (now - statSync(file).mtimeMs > 90 * day) rmSync(file, { force: true });
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
