import type { Target } from '../target.ts';
import type { Experiment } from './answers.ts';
import { MlflowClient } from './client.ts';
import { connect } from './connection.ts';
import { MlflowError } from './errors.ts';
import { makeServerFolder, serverFolder, serverId } from './local/folder.ts';
import { waitForServer } from './local/server.ts';
import type { ServerState } from './local/state.ts';
import { type Pages, pagesOf } from './pages.ts';
import type { RetryPolicy } from './retry.ts';
import { text } from './values.ts';
import { ALL_RUNS, allRunsView, viewTag } from './views.ts';

export interface SessionOptions {
  /** The folder of runs, of the local server. */
  runs: string;
  policy?: RetryPolicy;
  signal?: AbortSignal;
  onPhase?: (phase: ServerState['phase'] | 'none') => void;
}

/** `tracking` of a config. */
export interface ExperimentOptions {
  experiment: string;
  description?: string;
  /** Of a run of the built-in trainer, as by default: the list of runs is then laid out for its metrics. */
  own?: boolean;
}

const NOTE = 'mlflow.note.content';
/** What was written there last. */
const DESCRIBED = 'facecom.description';
const LONGEST_EXPERIMENT_TAG = 5000;

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
      return new Session(client, nameOf(makeServerFolder(serverFolder(runs))), await client.version());
    }
    const connection = connect(target.uri);
    const client = new MlflowClient(connection, { policy, signal });
    await client.ping();
    return new Session(client, connection.base, await client.version());
  }

  /** MLflow's id of an experiment, which is made if there is none of this name; with its saved view, and its description if one is given. */
  experiment({ experiment: name, description, own = true }: ExperimentOptions): Promise<string> {
    const key = `${own} ${name}`;
    let id = this.experiments.get(key);
    if (!id) {
      id = this.prepareExperiment(name, { description: description?.trim(), own });
      this.experiments.set(key, id);
      id.catch(() => this.experiments.delete(key));
    }
    return id;
  }

  private async prepareExperiment(
    name: string,
    { description, own }: Omit<ExperimentOptions, 'experiment'>,
  ): Promise<string> {
    const { experiment_id: id, tags } = await this.findExperiment(name);
    const there = new Map(tags.map(({ key, value }) => [key, value]));
    const set = async (key: string, value: string) => {
      if (there.get(key) !== value) await this.client.setExperimentTag(id, { key, value });
    };
    // Where both kinds of runs are, the built-in trainer's view stays.
    if (own || there.get(viewTag(ALL_RUNS)) !== allRunsView())
      await set(viewTag(ALL_RUNS), allRunsView({ own }));
    // What somebody has written there stays.
    const note = there.get(NOTE);
    if (description && (!note || note === there.get(DESCRIBED))) {
      const shown = text(description, LONGEST_EXPERIMENT_TAG, 'the whole of it is in the spec');
      await set(NOTE, shown);
      await set(DESCRIBED, shown);
    }
    return id;
  }

  private async findExperiment(
    name: string,
    again = true,
  ): Promise<Pick<Experiment, 'experiment_id' | 'tags'>> {
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
    if (known) return known;
    try {
      // Has the page open on charts of metrics, not on traces of language models.
      const tags = [{ key: 'mlflow.experimentKind', value: 'custom_model_development' }];
      return { experiment_id: await client.createExperiment(name, tags), tags };
    } catch (error) {
      // Another process was first, or an answer to this one was lost.
      if (!(error instanceof MlflowError) || error.reason !== 'RESOURCE_ALREADY_EXISTS' || !again)
        throw error;
      return this.findExperiment(name, false);
    }
  }
}

/** The name of the local server in cursors; undefined if there never was one. */
export function localTarget(runs: string): string | undefined {
  const id = serverId(serverFolder(runs));
  return id === undefined ? undefined : nameOf(id);
}

const nameOf = (id: string): string => `local:${id}`;
