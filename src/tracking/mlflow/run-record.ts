import { createHash } from 'node:crypto';
import { userInfo } from 'node:os';
import { basename, dirname } from 'node:path';
import {
  type Environment,
  type RecordedConfig,
  readConfigPart,
  readEnvironment,
  readManifest,
  readOrigins,
  readState,
  runName,
  type StateEntry,
  type SweepTrial,
  scanRun,
} from '../../record/index.ts';
import { decides } from '../../spec/index.ts';
import type { RunStatus } from './answers.ts';
import type { Dataset } from './client.ts';
import { EventTail } from './tail.ts';

/** What a run folder holds besides its events, as far as it could be read: the trainer may be of any make. */
export interface RunRecord {
  /** `<name>/<trial>-<attempt>`. */
  id: string;
  config: RecordedConfig;
  environment: Environment;
  /** The spec's file, relative to where it was run. */
  spec?: string;
  /** Its trial in the sweep that it belongs to. */
  trial?: SweepTrial;
  state: StateEntry[];
}

export function readRunRecord(runDir: string): RunRecord {
  const found = runName(runDir);
  return {
    id: `${basename(dirname(runDir))}/${basename(runDir)}`,
    config: readConfigPart(runDir),
    environment: readEnvironment(runDir),
    spec: specFile(runDir),
    trial: readManifest(dirname(runDir))?.trials.find(({ id }) => id === found?.trial),
    state: readState(runDir),
  };
}

function specFile(runDir: string): string | undefined {
  const origins = Object.values(readOrigins(runDir)).filter((origin) => origin.kind === 'file');
  const own = readOrigins(runDir).name;
  return (own?.kind === 'file' ? own : origins[0])?.file;
}

/** The same for one run folder at all times, and for no other: its name and when it was queued. */
export async function runKey(runDir: string, { id, state }: RunRecord): Promise<string> {
  const time = state[0]?.time ?? (await firstTime(runDir)) ?? 0;
  return createHash('sha256').update(`${id} ${time}`).digest('hex').slice(0, 32);
}

async function firstTime(runDir: string): Promise<number | undefined> {
  const { events } = await new EventTail(runDir).next(0, { last: true });
  return events.find(({ type }) => type !== 'warning')?.time;
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

export function paramsOf({ config }: RunRecord): object {
  return Object.fromEntries(
    Object.entries(config).filter(([key]) => key === 'resources' || decides(key) !== 'nothing'),
  );
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
    'facecom.command': env.argv?.join(' '),
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
    case 'pruned':
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
  const source = String(data.source);
  const path = typeof data.path === 'string' ? data.path : undefined;
  return {
    name: path === undefined ? source : basename(path),
    digest: environment.data_hash.slice(0, 36),
    source_type: source,
    source: JSON.stringify({ uri: path ?? source }),
    profile: JSON.stringify({ hash: environment.data_hash, image_size: data.image_size }),
  };
}
