import { createHash } from 'node:crypto';
import { userInfo } from 'node:os';
import { basename, dirname, resolve } from 'node:path';
import { cleanName } from '../../base/clean-text.ts';
import { leaves, valueAt } from '../../base/objects.ts';
import {
  type Environment,
  type Origins,
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
  origins: Origins;
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
    origins: readOrigins(runDir),
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

/**
 * What a run differs in: a trial's axes, of others what `--set` changed; then the seed. The id is a tag.
 *
 *     alpha=0.25 beta=0.75 · seed 3
 *     baseline lr=0.01 · seed 7
 */
export function shownName({ id, config, trial, origins }: RunRecord): string {
  const name = config.name ?? dirname(id);
  const changed = trial ? trial.axes : changedBySet(config, origins);
  const parts = differences(changed);
  const words = trial && parts.length > 0 ? parts : [name, ...parts];
  const seed = trial?.seed ?? config.seed;
  return cleanName([words.join(' '), ...(seed === undefined ? [] : [`seed ${seed}`])].join(' · '), 200);
}

function changedBySet(config: RecordedConfig, origins: Origins): Record<string, unknown> {
  const given = Object.entries(origins).filter(([path, { kind }]) => kind === 'flag' && shapes.test(path));
  return Object.fromEntries(given.map(([path]) => [path, valueAt(config, path.split('.'))]));
}

/** Paths that say what is trained: not how it is run or where it is shown, nor the seed, which has its own place. */
const shapes = /^(?!(?:resources|tracking|notify|name|description|tags|seed)(?:\.|$))/;

/** `key=value` by the last key of each path, longer where two end alike. */
export function differences(values: Readonly<Record<string, unknown>>): string[] {
  const paths = Object.keys(values);
  const last = (path: string) => path.slice(path.lastIndexOf('.') + 1);
  return Object.entries(values).map(([path, value]) => {
    const alone = paths.filter((other) => last(other) === last(path)).length === 1;
    return `${alone ? last(path) : path}=${short(value)}`;
  });
}

function short(value: unknown): string {
  if (typeof value === 'number') return String(Number(value.toPrecision(4)));
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

/** Of `resources`, what changes a result or its speed; how often a start is repeated says nothing of a run. */
const told = new Set(['device', 'gpus', 'cpus', 'memory', 'backend']);

/** How faces are drawn says nothing of a run on images of a folder. */
const drawsFaces = ({ data }: RunRecord['config']): boolean =>
  data?.source === undefined || data.source === 'synthetic' || data.source === 'several';

/** What a run was made of, by path. Empty maps and lists are left out. */
export function paramsOf({ config }: RunRecord): Map<string, unknown> {
  const deciding = Object.entries(config).filter(
    ([key]) => key === 'resources' || decides(key) !== 'nothing',
  );
  const found = [...leaves(Object.fromEntries(deciding))].filter(([path, value]) => {
    if (typeof value === 'object' && value !== null && Object.keys(value).length === 0) return false;
    const [section, key] = path.split('.');
    if (section === 'data' && key === 'synthetic') return drawsFaces(config);
    return section !== 'resources' || told.has(key ?? '');
  });
  return new Map(found);
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
    'facecom.onednn': env.onednn?.version,
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

/** MLflow's status of a run, when it ended (milliseconds since 1970), and of one that has finished its scores. */
export function statusOf(runDir: string): {
  status: RunStatus;
  ended?: number;
  scores?: Record<string, number>;
} {
  const summary = scanRun(runDir);
  if (!summary) return { status: 'RUNNING' };
  const { status, class: failure, changed, metrics } = summary;
  const ended = changed ?? Date.now();
  switch (status) {
    case 'finished':
      return { status: 'FINISHED', ended, scores: metrics };
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

/** Whether the built-in trainer makes its metrics. */
export const isOwn = ({ config }: Pick<RunRecord, 'config'>): boolean =>
  config.trainer?.command === undefined;

/** What it was trained on, as MLflow's list of data sets shows it. */
export function datasetOf({ config, environment }: RunRecord): Dataset | undefined {
  const { data } = config;
  if (!data || environment.data_hash === undefined) return undefined;
  const source = String(data.source);
  const path = typeof data.path === 'string' ? data.path : undefined;
  const name = path === undefined ? source : basename(resolve(path));
  const size = data.image_size === undefined ? [] : [`${data.image_size} px`];
  const split = data.split?.by === undefined ? [] : [`split by ${data.split.by}`];
  return {
    name: cleanName([name, ...size, ...split].join(', '), 500),
    digest: environment.data_hash.slice(0, 36),
    source_type: source,
    source: JSON.stringify({ uri: path ?? source }),
    profile: JSON.stringify({ hash: environment.data_hash, image_size: data.image_size }),
  };
}
