import { join } from 'node:path';
import { readJson, writeJson } from '../base/files.ts';
import type { PreflightRecord, PreflightRun } from './preflight.generated.ts';
import { finite, flag, listOf, object, type Shape, text, time, whole } from './shape.ts';

export type { PreflightRun } from './preflight.generated.ts';

const preflightFile = (sweepDir: string): string => join(sweepDir, 'preflight.json');

const runOf: Shape<PreflightRun> = object<PreflightRun>(
  {
    ...{ time, device: text, backbone: text, fits: flag, message: text },
    ...{ image_size: whole(1), batch_size: whole(1), accumulation: whole(1), epoch_steps: whole(1) },
    ...{ steps: whole(0), start_seconds: finite, step_seconds: finite },
    ...{ memory_bytes: whole(0), gpu_memory_bytes: whole(0) },
  },
  ['time', 'device', 'backbone', 'image_size', 'batch_size', 'accumulation', 'fits'],
);

const recordOf: Shape<PreflightRecord> = object<PreflightRecord>(
  { version: (value) => (value === 1 ? 1 : undefined), tried: listOf(runOf) },
  ['version', 'tried'],
);

/** What a sweep's preflight measured, in the order of time; empty without one. */
export const readPreflight = (sweepDir: string): PreflightRun[] =>
  recordOf(readJson(preflightFile(sweepDir)))?.tried ?? [];

export function writePreflight(sweepDir: string, tried: readonly PreflightRun[]): void {
  writeJson(preflightFile(sweepDir), { version: 1, tried: [...tried] } satisfies PreflightRecord);
}
