import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { FacecomError } from '../base/errors.ts';
import { isRecord } from '../base/objects.ts';
import type { Experiment, Origin } from '../spec/index.ts';
import type { Environment } from './environment.generated.ts';
import { either, finite, flag, listOf, nothing, object, text, whole } from './shape.ts';

/** The maps of a config that everything that works with a run relies on. */
const sections = [
  'data',
  'model',
  'loss',
  'augment',
  'optimizer',
  'schedule',
  'train',
  'evaluate',
  'resources',
  'trainer',
  'tracking',
] as const satisfies readonly (keyof Experiment)[];

type Section = (typeof sections)[number];

/** A config as a run folder has it: what is missing was written by another version, or by hand. */
export type RecordedConfig = Partial<Omit<Experiment, Section>> & {
  [K in Section]?: Partial<NonNullable<Experiment[K]>>;
};

/** Where each value came from, by dotted path. */
export type Origins = Record<string, Origin>;

/** Of what run folders hold; the schemas say what changed. */
export const RECORD_VERSION = 2;

export const configFile = (runDir: string): string => join(runDir, 'config.json');
export const originsFile = (runDir: string): string => join(runDir, 'origins.json');
export const environmentFile = (runDir: string): string => join(runDir, 'environment.json');

/**
 * A run's config, for those who work with the run. Throws FacecomError `run-unreadable` (exit code 2) where it is absent, torn or lacks a
 * section.
 */
export function readConfig(runDir: string): Experiment {
  const file = configFile(runDir);
  const config = parse(file);
  const missing = sections.find((name) => !isRecord(config[name]));
  if (missing !== undefined) throw unreadable(file, `no ${missing} in it`);
  return config as unknown as Experiment;
}

/** A run's config; undefined if readConfig would throw. */
export function readConfigIfAny(runDir: string): Experiment | undefined {
  try {
    return readConfig(runDir);
  } catch {
    return undefined;
  }
}

/** As much of a run's config as can be read, for those who show it: empty if there is none. */
export function readConfigPart(runDir: string): RecordedConfig {
  const config = parseIfAny(configFile(runDir));
  for (const name of [...sections, 'tags']) if (!isRecord(config[name])) delete config[name];
  return config as RecordedConfig;
}

/** Empty where none can be read; what is no origin is left out. */
export function readOrigins(runDir: string): Origins {
  const origins = Object.entries(parseIfAny(originsFile(runDir)));
  return Object.fromEntries(origins.filter(([, origin]) => isRecord(origin))) as Origins;
}

const environmentOf = object<Environment>({
  time: text,
  record: whole(0),
  facecom: text,
  node: text,
  platform: text,
  cwd: text,
  argv: listOf(text),
  host: text,
  cpu: object<NonNullable<Environment['cpu']>>({ model: text, cores: finite }),
  memory_bytes: finite,
  gpus: listOf(object<NonNullable<Environment['gpus']>[number]>({ name: text })),
  onednn: object<NonNullable<Environment['onednn']>>({ version: text }),
  tensorflow: object<NonNullable<Environment['tensorflow']>>({ version: text, kind: text }),
  seed: finite,
  data_hash: text,
  weights_hash: text,
  plugins: text,
  git: either(
    nothing,
    object<NonNullable<Environment['git']>>({ commit: text, dirty: flag, status: listOf(text), diff: text }),
  ),
});

/** Empty where none can be read; what is of another shape is left out. */
export function readEnvironment(runDir: string): Environment {
  const environment = environmentOf(parseIfAny(environmentFile(runDir))) ?? {};
  const { git } = environment;
  if (!git?.dirty || git.diff !== undefined) return environment;
  const diff = readChanges(runDir);
  return diff === undefined ? environment : { ...environment, git: { ...git, diff } };
}

const LONGEST_DIFF = 4 << 20; // bytes

/** What was changed since the commit, which is in a file of its own. */
function readChanges(runDir: string): string | undefined {
  const file = join(runDir, 'changes.diff');
  const size = statSync(file, { throwIfNoEntry: false })?.size;
  return size === undefined || size > LONGEST_DIFF ? undefined : readFileSync(file, 'utf8');
}

function parse(file: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw unreadable(file, (error as Error).message, error);
  }
  if (!isRecord(value)) throw unreadable(file, 'no JSON object');
  return value;
}

function parseIfAny(file: string): Record<string, unknown> {
  try {
    return parse(file);
  } catch {
    return {};
  }
}

const unreadable = (file: string, found: string, cause?: unknown): FacecomError =>
  new FacecomError('run-unreadable', `A run's ${file.slice(file.lastIndexOf('/') + 1)} cannot be read.`, {
    place: { file },
    found,
    expected: 'the file as facecom wrote it when it made the run folder',
    remedy: 'Restore the file, or start a new run.',
    exitCode: 2,
    ...(cause === undefined ? {} : { cause }),
  });
