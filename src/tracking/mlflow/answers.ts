import { isRecord } from '../../base/objects.ts';
import type { Entry, Metric } from './values.ts';

export type RunStatus = 'RUNNING' | 'SCHEDULED' | 'FINISHED' | 'FAILED' | 'KILLED';

export interface Run {
  info: {
    run_id: string;
    run_name: string;
    experiment_id: string;
    status: RunStatus;
    artifact_uri: string;
    lifecycle_stage: 'active' | 'deleted';
    start_time?: number;
    end_time?: number;
  };
  data: { params: Entry[]; tags: Entry[]; metrics: Metric[] };
}

export interface Experiment {
  experiment_id: string;
  name: string;
  lifecycle_stage: 'active' | 'deleted';
  tags: Entry[];
}

// Each reads a part of an answer, and returns undefined for what MLflow would not give: a proxy, a login page or another program answers.

/** The answer as an object of JSON. */
export function objectOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function runOf(value: unknown): Run | undefined {
  if (!isRecord(value) || !isRecord(value.info)) return undefined;
  const { info } = value;
  const data = value.data ?? {};
  if (!isId(info.run_id) || !isId(info.experiment_id) || typeof info.artifact_uri !== 'string')
    return undefined;
  if (!isRecord(data)) return undefined;
  const params = entriesOf(data.params);
  const tags = entriesOf(data.tags);
  const metrics = listOf(data.metrics, (metric) =>
    isRecord(metric) ? (metric as unknown as Metric) : undefined,
  );
  if (!params || !tags || !metrics) return undefined;
  const run_name = typeof info.run_name === 'string' ? info.run_name : info.run_id;
  return { info: { ...(info as unknown as Run['info']), run_name }, data: { params, tags, metrics } };
}

export function experimentOf(value: unknown): Experiment | undefined {
  if (!isRecord(value) || !isId(value.experiment_id)) return undefined;
  const tags = entriesOf(value.tags);
  return tags && { ...(value as unknown as Experiment), tags };
}

/** Every element as `read` has it; undefined if one is none. A list that is left out is empty. */
export function listOf<T>(value: unknown, read: (value: unknown) => T | undefined): T[] | undefined {
  if (value === undefined) return [];
  if (!Array.isArray(value)) return undefined;
  const found = value.map(read);
  return found.includes(undefined) ? undefined : (found as T[]);
}

/** An id ends up in addresses and paths. */
export const isId = (value: unknown): value is string =>
  typeof value === 'string' && /^[\w-]{1,250}$/.test(value);

const entriesOf = (value: unknown): Entry[] | undefined =>
  listOf(value, (entry) =>
    isRecord(entry) && typeof entry.key === 'string'
      ? { key: entry.key, value: typeof entry.value === 'string' ? entry.value : '' }
      : undefined,
  );

export interface LoggedModel {
  model_id: string;
  artifact_uri: string;
}

export function modelOf(value: unknown): LoggedModel | undefined {
  const info = isRecord(value) ? value.info : undefined;
  if (!isRecord(info) || !isId(info.model_id) || typeof info.artifact_uri !== 'string') return undefined;
  return { model_id: info.model_id, artifact_uri: info.artifact_uri };
}

/** The number of a version of a registered model. */
export const versionOf = (value: unknown): string | undefined =>
  isRecord(value) && isId(String(value.version)) ? String(value.version) : undefined;
