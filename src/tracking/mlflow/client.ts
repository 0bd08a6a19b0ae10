import { batches } from './batches.ts';
import type { Connection } from './connection.ts';
import { MlflowError } from './errors.ts';
import { type Body, type Request, send, sendForJson } from './http.ts';
import { type RetryPolicy, retryPolicy } from './retry.ts';
import { checkEntry, checkMetric, type Entry, type Metric } from './values.ts';

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
  data: { params?: Entry[]; tags?: Entry[]; metrics?: Metric[] };
}

export interface Experiment {
  experiment_id: string;
  name: string;
  lifecycle_stage: 'active' | 'deleted';
  tags?: Entry[];
}

export interface Dataset {
  name: string;
  /** At most 36 characters. */
  digest: string;
  source_type: string;
  source: string;
  profile?: string;
}

export interface ClientOptions {
  policy?: RetryPolicy;
  signal?: AbortSignal;
}

/**
 * MLflow's REST API, as far as it is used. What the server would silently lose is refused before it is sent; batches are split at
 * its limits; requests are repeated as Python's client does. Each method throws FacecomError: `mlflow-unreachable`,
 * `mlflow-refused`, `mlflow-answer`, `mlflow-request`, `mlflow-invalid`.
 */
export class MlflowClient {
  readonly connection: Connection;
  private readonly policy: RetryPolicy;
  private readonly signal: AbortSignal | undefined;

  constructor(connection: Connection, { policy = retryPolicy(), signal }: ClientOptions = {}) {
    this.connection = connection;
    this.policy = policy;
    this.signal = signal;
  }

  /** The same server under another policy or signal. */
  with({ policy = this.policy, signal = this.signal }: ClientOptions): MlflowClient {
    return new MlflowClient(this.connection, { policy, signal });
  }

  /** Undefined if there is none of this name. */
  async experimentByName(name: string): Promise<Experiment | undefined> {
    const query = { experiment_name: name };
    return absent(this.get<{ experiment: Experiment }>('experiments/get-by-name', query), 'experiment');
  }

  async createExperiment(name: string, tags: Entry[]): Promise<string> {
    for (const tag of tags) checkEntry('tag', tag);
    return (await this.post<{ experiment_id: string }>('experiments/create', { name, tags })).experiment_id;
  }

  /** The first run of these, deleted ones included, for which the filter holds. */
  async findRun(experiment: string, filter: string): Promise<Run | undefined> {
    const found = await this.post<{ runs?: Run[] }>('runs/search', {
      experiment_ids: [experiment],
      filter,
      run_view_type: 'ALL',
      max_results: 1,
    });
    return found.runs?.[0];
  }

  /** Not idempotent: search for the run by a tag before it is made again. */
  async createRun(run: {
    experiment_id: string;
    run_name: string;
    start_time: number;
    tags: Entry[];
  }): Promise<Run> {
    for (const tag of run.tags) checkEntry('tag', tag);
    return (await this.post<{ run: Run }>('runs/create', run, { once: true })).run;
  }

  /** Undefined if there is none of this id. */
  async run(id: string): Promise<Run | undefined> {
    return absent(this.get<{ run: Run }>('runs/get', { run_id: id }), 'run');
  }

  async updateRun(
    id: string,
    change: { status?: RunStatus; end_time?: number; run_name?: string },
  ): Promise<void> {
    await this.post('runs/update', { run_id: id, ...change });
  }

  async restoreRun(id: string): Promise<void> {
    await this.post('runs/restore', { run_id: id });
  }

  /** Sending the same points again changes nothing. */
  async logMetrics(id: string, metrics: readonly Metric[]): Promise<void> {
    for (const metric of metrics) checkMetric(metric);
    for (const batch of batches(metrics, 1000))
      await this.post('runs/log-batch', { run_id: id, metrics: batch });
  }

  /** A param that is there with another value is refused, and with it its whole batch. */
  async logParams(id: string, params: readonly Entry[]): Promise<void> {
    for (const param of params) checkEntry('param', param);
    for (const batch of batches(params, 100))
      await this.post('runs/log-batch', { run_id: id, params: batch });
  }

  async setTags(id: string, tags: readonly Entry[]): Promise<void> {
    for (const tag of tags) checkEntry('tag', tag);
    for (const batch of batches(tags, 100)) await this.post('runs/log-batch', { run_id: id, tags: batch });
  }

  /** Sending the same data set again changes nothing. */
  async logInput(id: string, dataset: Dataset, context: string): Promise<void> {
    const tags = [{ key: 'mlflow.data.context', value: context }];
    await this.post('runs/log-inputs', { run_id: id, datasets: [{ tags, dataset }] });
  }

  /** Stores a file through the server; `path` is below its artifact root. */
  async putArtifact(path: string, body: () => Body, size: number): Promise<void> {
    const encoded = path.split('/').map(encodeURIComponent).join('/');
    await this.send({
      method: 'PUT',
      path: `api/2.0/mlflow-artifacts/artifacts/${encoded}`,
      body,
      size,
      // At least a megabyte each four seconds.
      timeout: Math.max(this.policy.timeout, (size >> 20) * 4),
    });
  }

  /** The content of a small file below the server's artifact root; undefined if there is none. */
  async getArtifact(path: string): Promise<string | undefined> {
    const encoded = path.split('/').map(encodeURIComponent).join('/');
    try {
      return await this.send({ method: 'GET', path: `api/2.0/mlflow-artifacts/artifacts/${encoded}` });
    } catch (error) {
      if (error instanceof MlflowError && error.status === 404) return undefined;
      throw error;
    }
  }

  /** Throws if the server does not answer as MLflow does. */
  async ping(): Promise<void> {
    await this.post('experiments/search', { max_results: 1 });
  }

  private get<T>(path: string, query: Record<string, string>): Promise<T> {
    return this.json<T>({ method: 'GET', path: `api/2.0/mlflow/${path}`, query });
  }

  private post<T>(path: string, json: object, more: Partial<Request> = {}): Promise<T> {
    return this.json<T>({ method: 'POST', path: `api/2.0/mlflow/${path}`, json, ...more });
  }

  private json<T>(request: Request): Promise<T> {
    return sendForJson<T>(this.connection, request, this.policy, this.signal);
  }

  private send(request: Request): Promise<string> {
    return send(this.connection, request, this.policy, this.signal);
  }
}

async function absent<K extends string, T>(answer: Promise<Record<K, T>>, key: K): Promise<T | undefined> {
  try {
    return (await answer)[key];
  } catch (error) {
    if (error instanceof MlflowError && error.reason === 'RESOURCE_DOES_NOT_EXIST') return undefined;
    throw error;
  }
}
