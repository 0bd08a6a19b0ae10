import {
  type Experiment,
  experimentOf,
  isId,
  type LoggedModel,
  listOf,
  modelOf,
  objectOf,
  type Run,
  type RunStatus,
  runOf,
  versionOf,
} from './answers.ts';
import { batches } from './batches.ts';
import type { Connection } from './connection.ts';
import { MlflowError } from './errors.ts';
import { type Body, type Request, send } from './http.ts';
import { type RetryPolicy, retryPolicy } from './retry.ts';
import { checkEntry, checkMetric, type Entry, type Metric } from './values.ts';

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
    return absent(this.get('experiments/get-by-name', query, ({ experiment }) => experimentOf(experiment)));
  }

  async createExperiment(name: string, tags: Entry[]): Promise<string> {
    for (const tag of tags) checkEntry('tag', tag);
    return this.post('experiments/create', { name, tags }, ({ experiment_id: id }) =>
      isId(id) ? id : undefined,
    );
  }

  async setExperimentTag(id: string, { key, value }: Entry): Promise<void> {
    checkEntry('tag', { key, value });
    await this.post('experiments/set-experiment-tag', { experiment_id: id, key, value }, anyObject);
  }

  /** The first runs, deleted ones included, for which the filter holds. */
  async findRuns(experiment: string, filter: string, most = 10): Promise<Run[]> {
    const asked = { experiment_ids: [experiment], filter, run_view_type: 'ALL', max_results: most };
    return this.post('runs/search', asked, ({ runs }) => listOf(runs, runOf));
  }

  /** Not idempotent: search for the run by a tag before it is made again. */
  async createRun(run: {
    experiment_id: string;
    run_name: string;
    start_time: number;
    tags: Entry[];
  }): Promise<Run> {
    for (const tag of run.tags) checkEntry('tag', tag);
    return this.post('runs/create', run, ({ run: made }) => runOf(made), { once: true });
  }

  /** Undefined if there is none of this id. */
  async run(id: string): Promise<Run | undefined> {
    const of = (run: Run | undefined) => (run?.info.run_id === id ? run : undefined);
    return absent(this.get('runs/get', { run_id: id }, ({ run }) => of(runOf(run))));
  }

  async updateRun(
    id: string,
    change: { status?: RunStatus; end_time?: number; run_name?: string },
  ): Promise<void> {
    await this.post('runs/update', { run_id: id, ...change }, anyObject);
  }

  async restoreRun(id: string): Promise<void> {
    await this.post('runs/restore', { run_id: id }, anyObject);
  }

  /** Moves a run to where MLflow keeps deleted ones, from where it can be restored. One that is not there counts as deleted. */
  async deleteRun(id: string): Promise<void> {
    await absent(this.post('runs/delete', { run_id: id }, anyObject));
  }

  /** Sending the same points again changes nothing. */
  async logMetrics(id: string, metrics: readonly Metric[]): Promise<void> {
    for (const metric of metrics) checkMetric(metric);
    for (const batch of batches(metrics, 1000))
      await this.post('runs/log-batch', { run_id: id, metrics: batch }, anyObject);
  }

  /** A param that is there with another value is refused, and with it its whole batch. */
  async logParams(id: string, params: readonly Entry[]): Promise<void> {
    for (const param of params) checkEntry('param', param);
    for (const batch of batches(params, 100))
      await this.post('runs/log-batch', { run_id: id, params: batch }, anyObject);
  }

  async setTags(id: string, tags: readonly Entry[]): Promise<void> {
    for (const tag of tags) checkEntry('tag', tag);
    for (const batch of batches(tags, 100))
      await this.post('runs/log-batch', { run_id: id, tags: batch }, anyObject);
  }

  /** Sending the same data set again changes nothing. */
  async logInput(id: string, dataset: Dataset, context: string): Promise<void> {
    const tags = [{ key: 'mlflow.data.context', value: context }];
    await this.post('runs/log-inputs', { run_id: id, datasets: [{ tags, dataset }] }, anyObject);
  }

  /** The model that was made of a run's checkpoint. Throws with status 404 where the server has no models of runs (before version 3). */
  async modelOfRun(experiment: string, run: string): Promise<LoggedModel | undefined> {
    const asked = { experiment_ids: [experiment], filter: `source_run_id = '${run}'`, max_results: 1 };
    return (await this.post('logged-models/search', asked, ({ models }) => listOf(models, modelOf)))[0];
  }

  async createModel(model: {
    experiment_id: string;
    name: string;
    source_run_id: string;
  }): Promise<LoggedModel> {
    return this.post('logged-models', model, ({ model: made }) => modelOf(made), { once: true });
  }

  /** All its files are there. */
  async finishModel(id: string): Promise<void> {
    const json = { model_id: id, status: 'LOGGED_MODEL_READY' };
    await this.send({ method: 'PATCH', path: `api/2.0/mlflow/logged-models/${id}`, json, read: objectOf });
  }

  async logOutputs(run: string, models: readonly { model_id: string; step: number }[]): Promise<void> {
    await this.post('runs/outputs', { run_id: run, models }, anyObject);
  }

  /** One that is there already stays. */
  async createRegisteredModel(name: string): Promise<void> {
    try {
      await this.post('registered-models/create', { name }, anyObject);
    } catch (error) {
      if (!(error instanceof MlflowError) || error.reason !== 'RESOURCE_ALREADY_EXISTS') throw error;
    }
  }

  /** The version of a registered model that a run's model is. */
  async versionOfRun(name: string, run: string): Promise<string | undefined> {
    const filter = `name = '${name.replaceAll("'", "''")}' and run_id = '${run}'`;
    const read = ({ model_versions }: Answer) => listOf(model_versions, versionOf);
    return (await this.get('model-versions/search', { filter, max_results: '1' }, read))[0];
  }

  async createVersion(version: {
    name: string;
    source: string;
    run_id: string;
    model_id?: string;
  }): Promise<string> {
    return this.post('model-versions/create', version, ({ model_version }) => versionOf(model_version), {
      once: true,
    });
  }

  async setAlias(name: string, alias: string, version: string): Promise<void> {
    await this.post('registered-models/alias', { name, alias, version }, anyObject);
  }

  /** Stores a file through the server; `path` is below its artifact root. */
  async putArtifact(path: string, body: () => Body, size: number): Promise<void> {
    await this.send({
      method: 'PUT',
      path: artifactPath(path),
      body,
      size,
      // At least a megabyte each four seconds.
      timeout: Math.max(this.policy.timeout, (size >> 20) * 4),
      // Stored is what it says with `{}`, and older servers with nothing.
      read: (text) => (text.trim() === '' ? {} : objectOf(text)),
    });
  }

  /** The content of a small file below the server's artifact root; undefined if there is none. */
  async getArtifact(path: string): Promise<string | undefined> {
    try {
      return await this.send({ method: 'GET', path: artifactPath(path), read: (text) => text });
    } catch (error) {
      if (error instanceof MlflowError && error.status === 404) return undefined;
      throw error;
    }
  }

  /** Throws if the server does not answer as MLflow does. */
  async ping(): Promise<void> {
    const read = ({ experiments }: Answer) => listOf(experiments, experimentOf);
    await this.post('experiments/search', { max_results: 1 }, read);
  }

  /** Of the server, such as `3.17.2`; undefined if it does not tell. */
  async version(): Promise<string | undefined> {
    const read = (text: string) => /^\s*(\d{1,4}\.\d{1,4}[\w.+-]{0,40})\s*$/.exec(text)?.[1] ?? '';
    try {
      return (await this.send({ method: 'GET', path: 'version', read })) || undefined;
    } catch (error) {
      // A proxy may hide it.
      if (error instanceof MlflowError) return undefined;
      throw error;
    }
  }

  private get<T>(path: string, query: Record<string, string>, read: Read<T>): Promise<T> {
    return this.send({ method: 'GET', path: `api/2.0/mlflow/${path}`, query, read: inJson(read) });
  }

  private post<T>(path: string, json: object, read: Read<T>, more: Partial<Request<T>> = {}): Promise<T> {
    return this.send({ method: 'POST', path: `api/2.0/mlflow/${path}`, json, read: inJson(read), ...more });
  }

  private send<T>(request: Request<T>): Promise<T> {
    return send(this.connection, request, this.policy, this.signal);
  }
}

type Answer = Record<string, unknown>;

/** What an answer says; undefined if MLflow would not say so. */
type Read<T> = (answer: Answer) => T | undefined;

/** Of requests that MLflow answers with an empty object, or with what is not needed. */
const anyObject: Read<Answer> = (answer) => answer;

function inJson<T>(read: Read<T>): (text: string) => T | undefined {
  return (text) => {
    const answer = objectOf(text);
    return answer && read(answer);
  };
}

const artifactPath = (path: string): string =>
  `api/2.0/mlflow-artifacts/artifacts/${path.split('/').map(encodeURIComponent).join('/')}`;

async function absent<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof MlflowError && error.reason === 'RESOURCE_DOES_NOT_EXIST') return undefined;
    throw error;
  }
}
