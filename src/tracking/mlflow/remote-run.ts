import { FacecomError } from '../../base/errors.ts';
import { plural } from '../../base/format.ts';
import type { Run, RunStatus } from './answers.ts';
import { artifactRoot } from './artifact-root.ts';
import { type Artifact, content } from './artifacts.ts';
import type { Dataset, MlflowClient } from './client.ts';
import { type Cursor, nothingSent, readCursor, type Sent, writeCursor } from './cursor.ts';
import { MlflowError } from './errors.ts';
import { legalKey } from './names.ts';
import { checkMetric, type Entry, LONGEST_PARAM, LONGEST_TAG, type Metric, text } from './values.ts';
import { viewTag } from './views.ts';

export interface NewRun {
  /** Returns the same for the same folder at all times. */
  key: () => Promise<string>;
  experiment: string;
  name: string;
  /** Milliseconds since 1970. */
  start: number;
  /** Markdown. */
  note: string;
  /** The run that it is nested in. */
  parent?: string;
}

/** What was sent by one process. */
export interface Counts {
  metrics: number;
  params: number;
  tags: number;
  artifacts: number;
}

const CONFIG = 'the whole of it is in record/config.json';

/**
 * One run of MLflow as the counterpart of one folder, with the folder's cursor of what was sent. Every method can be repeated: what is
 * there already is not sent again, and nothing is there twice.
 */
export class RemoteRun {
  readonly counts: Counts = { metrics: 0, params: 0, tags: 0, artifacts: 0 };
  /** What could not be sent and why, each once, as sentences. */
  readonly left = new Set<string>();
  private readonly leftOut: { points: number; first?: string } = { points: 0 };
  private refused = 0;
  private readonly client: MlflowClient;
  private readonly dir: string;
  private readonly cursor: Cursor;
  readonly sent: Sent;
  private readonly params: Map<string, string>;
  /** The last value of each metric as the run was found. */
  private readonly latest: Map<string, Metric['value']>;
  private readonly root: string | undefined;

  private constructor(client: MlflowClient, dir: string, cursor: Cursor, sent: Sent, run: Run) {
    this.client = client;
    this.dir = dir;
    this.cursor = cursor;
    this.sent = sent;
    this.params = new Map(run.data.params.map(({ key, value }) => [key, value]));
    this.latest = new Map(run.data.metrics.map(({ key, value }) => [key, value]));
    this.root = artifactRoot(run.info.artifact_uri, client.connection);
    if (this.root === undefined)
      this.left.add(
        `The artifacts stay in the run folder: this server keeps them in ${withoutSecrets(run.info.artifact_uri)}, and does not serve that store.`,
      );
  }

  /**
   * Finds the folder's run, by the id that was written down or by its key, or makes it; its id is written down before anything else
   * is sent. With `restore`, a run that was deleted in MLflow is restored. Throws MlflowError `mlflow-run-deleted`.
   */
  static async open(
    client: MlflowClient,
    { dir, target, restore = false }: { dir: string; target: string; restore?: boolean },
    make: NewRun,
  ): Promise<RemoteRun> {
    let cursor = readCursor(dir);
    if (!cursor) {
      cursor = { version: 1, key: await make.key(), sent: {} };
      writeCursor(dir, cursor);
    }
    const known = cursor.sent[target];
    let run = known && (await client.run(known.run));
    // An id without its run: the server has lost its data, or the run was removed for good.
    run ??= await settled(client, make.experiment, cursor.key);
    if (run?.info.lifecycle_stage === 'deleted') {
      if (!restore) throw deleted(client, run);
      await client.restoreRun(run.info.run_id);
    }
    run ??= await create(client, cursor.key, make);
    const { run_id: id, experiment_id: experiment } = run.info;
    if (known?.run !== id) cursor.sent[target] = { ...nothingSent(experiment, id), tags: notesOf(run) };
    writeCursor(dir, cursor);
    const remote = new RemoteRun(client, dir, cursor, cursor.sent[target]!, run);
    if (make.parent !== undefined) await remote.setTags({ [PARENT]: make.parent });
    return remote;
  }

  /** Where the server keeps the run's artifacts; undefined if it does not serve that store. */
  get artifactUri(): string | undefined {
    return this.root === undefined ? undefined : `mlflow-artifacts:/${this.root}`;
  }

  get id(): string {
    return this.sent.run;
  }

  /** Deletes what a request that arrived late or twice has made besides this run. */
  async settle(): Promise<void> {
    await settled(this.client, this.sent.experiment, this.cursor.key, this.id);
  }

  /** Writes down what was sent. */
  save(): void {
    writeCursor(this.dir, this.cursor);
  }

  /** Params cannot be changed: one that has another value by now is told as a tag `facecom.changed.<param>`. */
  async logParams(params: Iterable<[string, unknown]>): Promise<void> {
    const missing: Entry[] = [];
    const changed: Record<string, string> = {};
    for (const [name, value] of params) {
      const key = legalKey(name);
      const full = text(value, LONGEST_PARAM, CONFIG);
      const there = this.params.get(key);
      if (there === undefined) missing.push({ key, value: full });
      // Older servers keep less of a long value.
      else if (!(there === full || (there.length >= 250 && full.startsWith(there))))
        changed[`facecom.changed.${name}`] = full;
    }
    if (missing.length > 0) await this.sendParams(missing);
    for (const { key, value } of missing) this.params.set(key, value);
    this.counts.params += missing.length;
    await this.setTags(changed);
  }

  private async sendParams(params: Entry[]): Promise<void> {
    try {
      await this.client.logParams(this.id, params);
    } catch (error) {
      if (!isRefused(error)) throw error;
      // One that this server does not take, such as a long one, must not keep the others away.
      for (const { key, value } of params) {
        const shorter = text(value, 250, CONFIG);
        await this.client.logParams(this.id, [{ key, value }]).catch((first) => {
          if (!isRefused(first)) throw first;
          return this.client.logParams(this.id, [{ key, value: shorter }]).catch((second) => {
            if (!isRefused(second)) throw second;
            this.left.add(`The param ${key} was not taken: ${second.message}`);
          });
        });
      }
    }
  }

  /** Sends the tags that are not as they were sent last. */
  async setTags(tags: Record<string, string | undefined>): Promise<void> {
    const entries: Entry[] = [];
    for (const [name, value] of Object.entries(tags)) {
      const key = legalKey(name);
      const full = value === undefined ? undefined : text(value, LONGEST_TAG, CONFIG);
      if (full === undefined ? this.sent.tags[key] : this.sent.tags[key] !== full)
        entries.push({ key, value: full ?? '' });
    }
    if (entries.length === 0) return;
    await this.client.setTags(this.id, entries);
    for (const { key, value } of entries) this.sent.tags[key] = value;
    this.counts.tags += entries.length;
    this.save();
  }

  /** Changes the description that MLflow shows, unless somebody has written another one there. */
  async setNote(note: string): Promise<void> {
    const shown = text(note, LONGEST_TAG, CONFIG);
    const last = this.sent.tags[NOTE];
    if (last === shown) return;
    const there = (await this.client.run(this.id))?.data.tags.find(({ key }) => key === NOTE)?.value;
    if (last === undefined || there === last) await this.setTags({ [NOTE]: shown });
  }

  /** The points whose metric is not there with this value already. */
  news(metrics: readonly Metric[]): Metric[] {
    return metrics.filter(({ key, value }) => this.latest.get(key) !== value);
  }

  /** Sends points. Those that MLflow would lose or that it refuses are left out and counted; the rest is sent. */
  async logMetrics(metrics: readonly Metric[]): Promise<void> {
    const sound: Metric[] = [];
    for (const metric of metrics) {
      try {
        checkMetric(metric);
        sound.push(metric);
      } catch (error) {
        this.leaveOut(error as Error);
      }
    }
    await this.sendMetrics(sound);
  }

  private async sendMetrics(metrics: readonly Metric[]): Promise<void> {
    if (metrics.length === 0) return;
    try {
      await this.client.logMetrics(this.id, metrics);
      this.counts.metrics += metrics.length;
    } catch (error) {
      // Where everything is refused, it is not for the points.
      if (!isRefused(error) || this.refused >= MOST_REFUSED) throw error;
      if (metrics.length === 1) {
        this.refused++;
        this.leaveOut(error);
        return;
      }
      const half = metrics.length >> 1;
      await this.sendMetrics(metrics.slice(0, half));
      await this.sendMetrics(metrics.slice(half));
    }
  }

  private leaveOut({ message }: Error): void {
    this.leftOut.first ??= message;
    this.left.delete(leftOutText(this.leftOut));
    this.leftOut.points++;
    this.left.add(leftOutText(this.leftOut));
  }

  /** Saves a view of the list of runs in the experiment. */
  async saveView(key: string, value: string): Promise<void> {
    const tag = viewTag(key);
    if (this.sent.tags[tag] === value) return;
    await this.client.setExperimentTag(this.sent.experiment, { key: tag, value });
    this.sent.tags[tag] = value;
    this.save();
  }

  /** Sets a tag of other runs, once each; one that is no longer there has none. */
  async mark(runs: readonly string[], tag: Entry): Promise<void> {
    const marked = new Set(this.sent.marked);
    const news = runs.filter((run) => !marked.has(run));
    if (news.length === 0) return;
    for (const run of news)
      try {
        await this.client.setTags(run, [tag]);
      } catch (error) {
        if (!isRefused(error) && !(error instanceof MlflowError && error.status === 404)) throw error;
      }
    this.sent.marked = [...marked, ...news];
    this.save();
  }

  async logInput(dataset: Dataset | undefined): Promise<void> {
    if (!dataset || this.sent.input) return;
    try {
      await this.client.logInput(this.id, dataset, 'training');
    } catch (error) {
      // Servers before 2.4 do not know of data sets.
      if (!isRefused(error) && !(error instanceof MlflowError && error.status === 404)) throw error;
    }
    this.sent.input = true;
    this.save();
  }

  /** The files that were not sent, or have changed since. */
  unsent(files: readonly Artifact[]): Artifact[] {
    if (this.root === undefined) return [];
    return files.filter(({ path, size, changed }) => {
      const sent = this.sent.artifacts[path];
      return !sent || sent[0] !== size || sent[1] !== changed;
    });
  }

  async putArtifacts(files: readonly Artifact[]): Promise<void> {
    for (const file of this.unsent(files)) {
      try {
        const { body, size } = await content(file);
        await this.client.putArtifact(`${this.root}/${file.path}`, body, size);
      } catch (error) {
        // It is no longer there.
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue;
        if (!(error instanceof MlflowError) || !givenUp.has(error.status)) throw error;
        this.left.add(`${file.path} was not taken: ${error.message}`);
        continue;
      }
      this.sent.artifacts[file.path] = [file.size, file.changed];
      this.counts.artifacts++;
      this.save();
    }
  }

  /** `ended`: milliseconds since 1970, of a status that is the last. */
  async setStatus(status: RunStatus, ended?: number): Promise<void> {
    if (this.sent.status === status) return;
    await this.client.updateRun(this.id, {
      status,
      ...(ended === undefined ? {} : { end_time: Math.trunc(ended) }),
    });
    this.sent.status = status;
    this.save();
  }
}

async function create(client: MlflowClient, key: string, make: NewRun): Promise<Run> {
  let run: Run | undefined;
  try {
    run = await client.createRun({
      experiment_id: make.experiment,
      run_name: make.name,
      start_time: Math.trunc(make.start),
      tags: [
        { key: KEY, value: key },
        { key: NOTE, value: text(make.note, LONGEST_TAG, CONFIG) },
        ...(make.parent === undefined ? [] : [{ key: PARENT, value: make.parent }]),
      ],
    });
    await settled(client, make.experiment, key, run.info.run_id);
    return run;
  } catch (error) {
    if (run || !(error instanceof FacecomError)) throw error;
    // The answer was lost, or is none of MLflow's: the run may be there.
    const found = await settled(client, make.experiment, key).catch(() => undefined);
    if (!found) throw error;
    return found;
  }
}

/**
 * The run with a key, deleted ones last. Twins of it, which a create that was doubled or whose answer was lost leaves, are empty, and are
 * deleted.
 */
async function settled(
  client: MlflowClient,
  experiment: string,
  key: string,
  keep?: string,
): Promise<Run | undefined> {
  const runs = await client.findRuns(experiment, `tags.\`${KEY}\` = '${key}'`);
  const active = runs.filter(({ info }) => info.lifecycle_stage !== 'deleted');
  const isEmpty = ({ data }: Run) => data.metrics.length === 0 && data.params.length === 0;
  const rank = (run: Run) => Number(run.info.run_id !== keep) * 2 + Number(isEmpty(run));
  const [first, ...twins] = active.sort(
    (a, b) => rank(a) - rank(b) || (a.info.run_id < b.info.run_id ? -1 : 1),
  );
  if (!first || (keep !== undefined && first.info.run_id !== keep)) return first ?? runs[0];
  for (const twin of twins) if (isEmpty(twin)) await client.deleteRun(twin.info.run_id);
  return first;
}

const leftOutText = ({ points, first }: { points: number; first?: string }): string =>
  `${plural(points, 'point')} left out, the first because: ${first}`;

/** Points that a server may refuse one by one. */
const MOST_REFUSED = 20;

export const KEY = 'facecom.key';
export const PARENT = 'mlflow.parentRunId';
const NOTE = 'mlflow.note.content';

/** A description that is there counts as sent: it was made with the run. */
const notesOf = ({ data }: Run): Record<string, string> =>
  Object.fromEntries(data.tags.flatMap(({ key, value }) => (key === NOTE ? [[key, value]] : [])));

/** Answers to an artifact that another attempt does not change: too large, forbidden by name, no artifact store. */
const givenUp = new Set([400, 404, 405, 411, 413, 414, 415, 501]);

const isRefused = (error: unknown): error is MlflowError =>
  error instanceof MlflowError && error.status === 400;

function deleted({ connection }: MlflowClient, { info }: Run): MlflowError {
  return new MlflowError(
    'mlflow-run-deleted',
    400,
    '',
    `The run ${info.run_name} (${info.run_id}) was deleted in MLflow at ${connection.base}.`,
    'Nothing is sent to it. Restore it with `facecom sync RUN --restore`.',
  );
}

const withoutSecrets = (uri: string): string => uri.replace(/\/\/[^/@]*@/, '//').replace(/\?.*$/s, '');
