import { join } from 'node:path';
import { LineWriter } from '../base/lines.ts';
import { isRecord } from '../base/objects.ts';

/** How busy the machine was at a time, by MLflow's names: `cpu_utilization_percentage`, … */
export interface SystemSample {
  /** Milliseconds since 1970. */
  time: number;
  values: Record<string, number>;
}

/** Written by the orchestrator while a run's trainer works. */
export const systemFile = (runDir: string): string => join(runDir, 'system.jsonl');

export const openSystemLog = (runDir: string): LineWriter => new LineWriter(systemFile(runDir));

/** Undefined of a line that is none. */
export function decodeSample(line: string): SystemSample | undefined {
  try {
    const sample: unknown = JSON.parse(line);
    if (!isRecord(sample) || !Number.isSafeInteger(sample.time) || !isRecord(sample.values)) return undefined;
    const values = Object.entries(sample.values).filter(([, value]) => Number.isFinite(value));
    return { time: sample.time as number, values: Object.fromEntries(values) as SystemSample['values'] };
  } catch {
    return undefined;
  }
}
