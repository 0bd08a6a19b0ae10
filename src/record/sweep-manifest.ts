import { join } from 'node:path';
import { readJson, writeJson } from '../base/files.ts';
import { anything, finite, listOf, object, oneOf, type Shape, text, time, whole } from './shape.ts';
import type { SweepManifest, SweepTrial } from './sweep.generated.ts';

export type { SweepManifest, SweepTrial } from './sweep.generated.ts';

export type Objective = SweepManifest['objective'];

/** What is judged where nothing else is asked for. */
export const defaultObjective: Objective = { metric: 'val/combined', mode: 'max' };

export const manifestFile = (sweepDir: string): string => join(sweepDir, 'sweep.json');

export function writeManifest(sweepDir: string, manifest: SweepManifest): void {
  writeJson(manifestFile(sweepDir), manifest, { indent: 0 });
}

const trialOf: Shape<SweepTrial> = object<SweepTrial>(
  { id: text, axes: anything, seed: finite, point: whole(0), repeat: whole(0) },
  ['id', 'axes', 'seed', 'point', 'repeat'],
);

export const objectiveOf: Shape<Objective> = object<Objective>({ metric: text, mode: oneOf('min', 'max') }, [
  'metric',
  'mode',
]);

const manifestOf: Shape<SweepManifest> = object<SweepManifest>(
  {
    version: (value) => (value === 1 ? 1 : undefined),
    sweep: text,
    spec: text,
    set: listOf(text),
    cwd: text,
    time,
    objective: objectiveOf,
    objectives: listOf(objectiveOf),
    repeats: whole(1),
    search: anything,
    planned: whole(1),
    trials: listOf(trialOf),
  },
  ['version', 'sweep', 'spec', 'set', 'cwd', 'time', 'objective', 'repeats', 'trials'],
);

/** Undefined if there is none, or none that can be read; trials that are none are left out. */
export function readManifest(sweepDir: string): SweepManifest | undefined {
  return manifestOf(readJson(manifestFile(sweepDir)));
}
