import type { Target } from '../target.ts';
import { MlflowClient } from './client.ts';
import { connect } from './connection.ts';
import { MlflowError } from './errors.ts';
import { makeServerFolder, serverFolder } from './local/folder.ts';
import { waitForServer } from './local/server.ts';
import type { ServerState } from './local/state.ts';
import { type Pages, pagesOf } from './pages.ts';
import type { RetryPolicy } from './retry.ts';

export interface SessionOptions {
  /** The folder of runs, of the local server. */
  runs: string;
  policy?: RetryPolicy;
  signal?: AbortSignal;
  onPhase?: (phase: ServerState['phase'] | 'none') => void;
}

/** A server that has answered. */
export class Session {
  readonly client: MlflowClient;
  /** Its name in cursors: the address, for the local server the id of its folder, for its port changes. */
  readonly target: string;
  readonly pages: Pages;
  private readonly experiments = new Map<string, Promise<string>>();

  private constructor(client: MlflowClient, target: string, version: string | undefined) {
    this.client = client;
    this.target = target;
    this.pages = pagesOf(client.connection.base, version);
  }

  /** Waits for the local server, or asks another one whether it is MLflow. */
  static async open(target: Exclude<Target, { kind: 'off' }>, options: SessionOptions): Promise<Session> {
    const { runs, policy, signal, onPhase } = options;
    if (target.kind === 'local') {
      const base = await waitForServer(runs, { signal, onPhase });
      const client = new MlflowClient({ base, headers: {} }, { policy, signal });
      return new Session(client, localTarget(runs), await client.version());
    }
    const connection = connect(target.uri);
    const client = new MlflowClient(connection, { policy, signal });
    await client.ping();
    return new Session(client, connection.base, await client.version());
  }

  /** MLflow's id of an experiment, which is made if there is none of this name. */
  experiment(name: string): Promise<string> {
    let id = this.experiments.get(name);
    if (!id) {
      id = this.findExperiment(name);
      this.experiments.set(name, id);
      id.catch(() => this.experiments.delete(name));
    }
    return id;
  }

  private async findExperiment(name: string, again = true): Promise<string> {
    const { client } = this;
    const known = await client.experimentByName(name);
    if (known?.lifecycle_stage === 'deleted')
      throw new MlflowError(
        'mlflow-experiment-deleted',
        400,
        '',
        `The experiment ${name} was deleted in MLflow at ${client.connection.base}.`,
        'Restore it there (`mlflow experiments restore`), or give another one as tracking.experiment.',
      );
    if (known) return known.experiment_id;
    try {
      // Has the page open on charts of metrics, not on traces of language models.
      return await client.createExperiment(name, [
        { key: 'mlflow.experimentKind', value: 'custom_model_development' },
      ]);
    } catch (error) {
      // Another process was first, or an answer to this one was lost.
      if (!(error instanceof MlflowError) || error.reason !== 'RESOURCE_ALREADY_EXISTS' || !again)
        throw error;
      return this.findExperiment(name, false);
    }
  }
}

export const localTarget = (runs: string): string => `local:${makeServerFolder(serverFolder(runs))}`;
