import { join } from 'node:path';
import { LineWriter, readLines } from '../base/lines.ts';
import type { Objective } from './sweep-manifest.ts';

/**
 * A line of a sweep's search.jsonl, which its orchestrator alone appends to: what a search was told and what it proposed, in order. A
 * proposal follows from the lines above it, so that it can be made again. A loss that is not finite is null.
 */
export type SearchEntry =
  | { type: 'search'; version: 1; method: string; seed: number; objectives: Objective[]; repeats: number }
  | { type: 'earlier'; run: string; config: Record<string, unknown>; losses: Array<number | null> }
  | { type: 'proposed'; point: number; axes: Record<string, unknown>; trials: string[] }
  | {
      type: 'told';
      point: number;
      state: 'finished' | 'pruned' | 'failed';
      losses?: Array<number | null>;
      epoch?: number;
    }
  /** What a start of a trial took, and its devices' time; and how long the sweep has run since it was last said. */
  | { type: 'spent'; seconds: number; device_seconds: number };

export const searchFile = (sweepDir: string): string => join(sweepDir, 'search.jsonl');

/** Lines that are none are left out: a crash tears the last one only. */
export function readSearch(sweepDir: string): SearchEntry[] {
  return readLines(searchFile(sweepDir)).filter((line): line is SearchEntry => {
    const { type } = line as { type?: unknown };
    return types.has(String(type));
  });
}

const types: ReadonlySet<string> = new Set(['search', 'earlier', 'proposed', 'told', 'spent']);

/** Appends entries, each on the disk before the next step is taken. */
export class SearchWriter {
  private readonly writer: LineWriter;

  constructor(sweepDir: string) {
    this.writer = new LineWriter(searchFile(sweepDir));
  }

  write(entry: SearchEntry): void {
    this.writer.write(entry);
    this.writer.sync();
  }

  close(): void {
    this.writer.close();
  }
}

/** A loss as a line holds it, and back: what is not finite is worse than every number. */
export const lossToLine = (loss: number): number | null => (Number.isFinite(loss) ? loss : null);
export const lossOfLine = (loss: number | null): number => loss ?? Number.NaN;
