import { readFileSync } from 'node:fs';
import type { Coordinate } from '../../../src/sweep/tpe/coordinate.ts';
import type { Observation } from '../../../src/sweep/tpe/observation.ts';

export interface RecordedGroup {
  coordinates: number[];
  candidates: number[][];
  good: number[];
  others: number[];
  pick: number;
}

export interface Recorded {
  cases: Array<{
    name: string;
    coordinates: Coordinate[];
    objectives: number;
    observations: Observation[];
    /** Numbers of the good ones. */
    good: number[];
    groups: RecordedGroup[];
  }>;
  masses: Array<{ a: number; b: number; mass: number; quantiles: Array<[number, number]> }>;
  volumes: Array<{
    points: number[][];
    reference: number[];
    ranks: number[];
    volume: number;
    count: number;
    chosen: number[];
  }>;
  pruners: Array<{
    kind: 'asha' | 'median';
    mode: 'min' | 'max';
    /** Trial, epoch, value, whether it was stopped. */
    asked: Array<[number, number, number | null, boolean]>;
    rule: Record<string, number>;
  }>;
}

const raw = JSON.parse(readFileSync(new URL('../../fixtures/search/optuna.json', import.meta.url), 'utf8'));

type Row = { at: Array<number | null>; losses?: Array<number | null> };

/** What Optuna made of recorded histories: scripts/fixtures/search.py. */
export const recorded: Recorded = {
  ...raw,
  cases: raw.cases.map((one: { observations: Row[] }) => ({
    ...one,
    observations: one.observations.map(({ at, losses, ...rest }) => ({
      ...rest,
      at: Float64Array.from(at, (value) => value ?? Number.NaN),
      ...(losses ? { losses: losses.map((loss) => loss ?? Number.NaN) } : {}),
    })),
  })),
};
