import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeAside } from '../base/write-aside.ts';

/**
 * What a sweep was asked to run, for programs that look at its folder: `<runs>/<name>/sweep.json`. It holds no state, and what it says
 * follows from the spec: without it the same `facecom sweep` command goes on all the same.
 */
export interface SweepManifest {
  version: 1;
  sweep: string;
  /** Absolute path of the spec. */
  spec: string;
  /** The `--set` flags. */
  set: string[];
  /** The working folder, which relative paths of the spec and of its trainer are relative to. */
  cwd: string;
  /** Milliseconds since 1970 of the last start. */
  time: number;
  objective: { metric: string; mode: 'min' | 'max' };
  repeats: number;
  trials: SweepTrial[];
}

export interface SweepTrial {
  id: string;
  /** The values of its axes by dotted path. */
  axes: Record<string, unknown>;
  seed: number;
  /** Which point of the space it belongs to, from 0; repeats share it. */
  point: number;
  repeat: number;
}

export const manifestFile = (sweepDir: string): string => join(sweepDir, 'sweep.json');

export function writeManifest(sweepDir: string, manifest: SweepManifest): void {
  writeAside(manifestFile(sweepDir), `${JSON.stringify(manifest)}\n`);
}

/** Undefined where there is none, or none that can be read. */
export function readManifest(sweepDir: string): SweepManifest | undefined {
  try {
    const manifest = JSON.parse(readFileSync(manifestFile(sweepDir), 'utf8')) as SweepManifest;
    return manifest.version === 1 && Array.isArray(manifest.trials) ? manifest : undefined;
  } catch {
    return undefined;
  }
}
