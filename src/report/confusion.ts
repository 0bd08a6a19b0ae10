import { join } from 'node:path';
import { readJsonObject } from '../base/files.ts';
import { isRecord } from '../base/objects.ts';

export interface Confusion {
  /** Which images: test, or what the trainer says. */
  split: string;
  labels: string[];
  /** Counts [actual][predicted]. */
  matrix: number[][];
}

/** More classes than these are no table for people. */
const MOST = 20;

/** What artifacts/confusion_gender.json holds; undefined if there is none, or none that can be read. */
export function readConfusion(runDir: string): Confusion | undefined {
  const { split, labels, matrix } = readJsonObject(join(runDir, 'artifacts', 'confusion_gender.json')) ?? {};
  if (!Array.isArray(labels) || !Array.isArray(matrix)) return undefined;
  const size = labels.length;
  const whole =
    size > 0 &&
    size <= MOST &&
    matrix.length === size &&
    matrix.every(
      (row) => Array.isArray(row) && row.length === size && row.every((n) => Number.isFinite(n) && n >= 0),
    );
  if (!whole) return undefined;
  return {
    split: typeof split === 'string' ? split : 'test',
    labels: labels.map((label) => (isRecord(label) ? JSON.stringify(label) : String(label))),
    matrix: matrix as number[][],
  };
}

/** The share of each row, 0 … 1; 0 in a row without images. */
export function rowShares({ matrix }: Confusion): number[][] {
  return matrix.map((row) => {
    const sum = row.reduce((a, b) => a + b, 0);
    return row.map((count) => (sum === 0 ? 0 : count / sum));
  });
}
