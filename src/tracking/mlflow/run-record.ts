import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { basename, dirname, join } from 'node:path';
import {
  readManifest,
  readState,
  runName,
  type StateEntry,
  type SweepTrial,
  scanRun,
} from '../../record/index.ts';
import type { Experiment } from '../../spec/index.ts';
import type { Dataset, RunStatus } from './client.ts';
import { readEventsFrom } from './tail.ts';

/** What a run folder holds besides its events, as far as it could be read: the trainer may be of any make. */
export interface RunRecord {
  /** `<name>/<trial>-<attempt>`. */
  id: string;
  config: Partial<Experiment>;
  environment: Environment;
  /** The spec's file, relative to where it was run. */
  spec?: string;
  /** Its trial in the sweep that it belongs to. */
  trial?: SweepTrial;
  state: StateEntry[];
}

interface Environment {
  facecom?: string;
  node?: string;
  platform?: string;
  host?: string;
  cpu?: { model?: string; cores?: number };
  gpus?: { name?: string }[];
  tensorflow?: { version?: string; kind?: string };
  data_hash?: string;
  git?: { commit?: string; dirty?: boolean } | null;
}

export function readRunRecord(runDir: string): RunRecord {
  const found = runName(runDir);
  return {
    id: `${basename(dirname(runDir))}/${basename(runDir)}`,
    config: readJson(join(runDir, 'config.json')) as Partial<Experiment>,
    environment: readJson(join(runDir, 'environment.json')) as Environment,
    spec: specFile(runDir),
    trial: readManifest(dirname(runDir))?.trials.find(({ id }) => id === found?.trial),
    state: readState(runDir),
  };
}

function specFile(runDir: string): string | undefined {
  const origins = readJson(join(runDir, 'origins.json')) as Record<string, { file?: string } | undefined>;
  return origins.name?.file ?? Object.values(origins).find((origin) => origin?.file)?.file;
}

function readJson(file: string): object {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

/** The same for one run folder at all times, and for no other: its name and when it was queued. */
export async function runKey(runDir: string, { id, state }: RunRecord): Promise<string> {
  const time = state[0]?.time ?? (await readEventsFrom(runDir, 0, { last: true })).events[0]?.time ?? 0;
  return createHash('sha256').update(`${id} ${time}`).digest('hex').slice(0, 32);
}

/** A sweep's runs are told apart by their axes, others by their id. */
export function shownName({ id, trial }: RunRecord): string {
  if (!trial) return id;
  const axes = Object.entries(trial.axes).map(([path, value]) => `${lastKey(path)}=${short(value)}`);
  return [...axes, `seed=${trial.seed}`].join(' ').slice(0, 200);
}

const lastKey = (path: string): string => path.slice(path.lastIndexOf('.') + 1);

function short(value: unknown): string {
  if (typeof value === 'number') return String(Number(value.toPrecision(4)));
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
}

/** The config's parts that are no parameters: names and what is shown elsewhere. */
const notParams = new Set(['name', 'description', 'tags', 'tracking', 'sweep']);

export function paramsOf({ config }: RunRecord): object {
  return Object.fromEntries(Object.entries(config).filter(([key]) => !notParams.has(key)));
}

/** Tags by their names in MLflow. The user's own come first: none of them takes the place of ours. */
export function tagsOf(record: RunRecord): Record<string, string | undefined> {
  const { id, config, environment: env, trial, state } = record;
  const failure = state.findLast(({ state: name }) => name === 'failed');
  const ended = state.at(-1)?.state;
  return {
    ...Object.fromEntries(Object.entries(config.tags ?? {}).map(([key, value]) => [key, String(value)])),
    'mlflow.user': user(),
    'mlflow.source.name': record.spec ?? config.name,
    'mlflow.source.type': 'LOCAL',
    'mlflow.source.git.commit': env.git?.commit,
    'facecom.run': id,
    'facecom.version': env.facecom,
    'facecom.local_changes': env.git ? String(env.git.dirty ?? false) : undefined,
    'facecom.data_hash': env.data_hash,
    'facecom.host': env.host,
    'facecom.cpu': env.cpu?.model && `${env.cpu.model}, ${env.cpu.cores} cores`,
    'facecom.gpus': env.gpus?.map(({ name }) => name ?? 'GPU').join(', ') || undefined,
    'facecom.tensorflow':
      env.tensorflow?.version && `${env.tensorflow.version} ${env.tensorflow.kind ?? ''}`.trim(),
    'facecom.starts': String(state.filter(({ state: name }) => name === 'started').length),
    'facecom.point': trial && String(trial.point),
    'facecom.failure':
      failure && ended !== 'finished' ? `${failure.class}: ${failure.message ?? ''}`.trim() : undefined,
  };
}

function user(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    // A user without an entry in the system's list, as in some containers.
    return process.env.USER;
  }
}

/** MLflow's status of a run, and when it ended (milliseconds since 1970). */
export function statusOf(runDir: string): { status: RunStatus; ended?: number } {
  const summary = scanRun(runDir);
  if (!summary) return { status: 'RUNNING' };
  const { status, class: failure, changed } = summary;
  const ended = changed ?? Date.now();
  switch (status) {
    case 'finished':
      return { status: 'FINISHED', ended };
    case 'failed':
      return { status: failure === 'killed' || failure === 'interrupted' ? 'KILLED' : 'FAILED', ended };
    case 'stopped':
    case 'interrupted':
      return { status: 'KILLED', ended };
    case 'queued':
      return { status: 'SCHEDULED' };
    default:
      return { status: 'RUNNING' };
  }
}

/** What it was trained on, as MLflow's list of data sets shows it. */
export function datasetOf({ config, environment }: RunRecord): Dataset | undefined {
  const { data } = config;
  if (!data || environment.data_hash === undefined) return undefined;
  return {
    name: data.path === undefined ? data.source : basename(data.path),
    digest: environment.data_hash.slice(0, 36),
    source_type: data.source,
    source: JSON.stringify({ uri: data.path ?? data.source }),
    profile: JSON.stringify({ hash: environment.data_hash, image_size: data.image_size }),
  };
}
