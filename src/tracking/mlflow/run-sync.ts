import { join } from 'node:path';
import { endOf } from '../../base/lines.ts';
import { type Event, eventsFile, readConfigPart, readState } from '../../record/index.ts';
import { type Artifact, describe, filesBelow } from './artifacts.ts';
import type { MlflowClient } from './client.ts';
import { isEvaluation, pointsOfEvaluation } from './evaluations.ts';
import { isLoggedImage, LOGGED_IMAGES, loggedImages } from './logged-images.ts';
import { sendModel } from './logged-model.ts';
import { hashed, legalPath } from './names.ts';
import { noteOf } from './note.ts';
import { Points } from './points.ts';
import { RemoteRun } from './remote-run.ts';
import {
  datasetOf,
  paramsOf,
  type RunRecord,
  readRunRecord,
  runKey,
  shownName,
  statusOf,
  tagsOf,
} from './run-record.ts';
import { sendSystemMetrics } from './system-metrics.ts';
import { EventTail } from './tail.ts';

export interface RunSyncOptions {
  runDir: string;
  client: MlflowClient;
  /** Of the cursor. */
  target: string;
  experiment: string;
  /** MLflow's id of the sweep's run. */
  parent?: string;
  restore?: boolean;
}

/** Sends a run folder's record to MLflow, in as many passes as it grows in. */
export class RunSync {
  private readonly options: RunSyncOptions;
  private readonly tail: EventTail;
  private remote: RemoteRun | undefined;
  /** Has taken in what was sent. */
  private points: Points | undefined;

  constructor(options: RunSyncOptions) {
    this.options = options;
    this.tail = new EventTail(options.runDir);
  }

  get run(): RemoteRun | undefined {
    return this.remote;
  }

  /** Finds or makes the run; the first of all. */
  async open(): Promise<RemoteRun> {
    if (this.remote) return this.remote;
    const { runDir, client, target, experiment, parent, restore } = this.options;
    const record = readRunRecord(runDir);
    this.remote = await RemoteRun.open(
      client,
      { dir: runDir, target, restore },
      {
        key: () => runKey(runDir, record),
        experiment,
        name: shownName(record),
        start: record.state[0]?.time ?? Date.now(),
        note: noteOf(record),
        parent,
      },
    );
    return this.remote;
  }

  /**
   * Sends what is new. While the run continues (`last` false), a torn last line and the log, which grows, wait for a later pass.
   * The status goes last: a run that MLflow shows as finished is there as a whole.
   */
  async pass({ last }: { last: boolean }): Promise<void> {
    const { runDir } = this.options;
    const remote = await this.open();
    // Read before the events: a run that has ended has all of them.
    const record = readRunRecord(runDir);
    const { status, ended, scores } = statusOf(runDir);
    await remote.logParams(paramsOf(record));
    await remote.setTags(tagsOf(record));
    await remote.logInput(datasetOf(record));
    const news = await this.sendEvents(remote, record, last);
    await sendSystemMetrics(remote, runDir);
    if (last || news.artifacts) {
      const files = await artifactsOf(runDir, { log: last });
      await remote.logMetrics(
        remote.unsent(files.filter(isEvaluation)).flatMap((file) => remote.news(pointsOfEvaluation(file))),
      );
      await remote.putArtifacts(files);
      if (files.some(isLoggedImage)) await remote.setTags({ [LOGGED_IMAGES]: 'True' });
    }
    if (last) {
      if (status === 'FINISHED') {
        await remote.setNote(noteOf(record, scores));
        await sendModel(remote, this.options.client, { runDir, step: this.points?.lastStep ?? 0 });
      }
      await remote.settle();
    }
    await remote.setStatus(status, ended);
  }

  private async sendEvents(
    remote: RemoteRun,
    { config, state }: RunRecord,
    last: boolean,
  ): Promise<{ artifacts: boolean }> {
    const news = { artifacts: false };
    const { sent } = remote;
    const { runDir } = this.options;
    // Shorter than what was sent: it was made anew.
    if (endOf(eventsFile(runDir)) < sent.events) sent.events = 0;
    const made = { own: config.trainer?.command === undefined, start: state[0]?.time ?? Date.now() };
    const points = this.points ?? new Points(made).skip(runDir, sent.events);
    // What was taken in and could not be sent comes again.
    this.points = undefined;
    for (;;) {
      const { events, position } = await this.tail.next(sent.events, { last });
      if (position === sent.events) {
        this.points = points;
        return news;
      }
      await remote.logMetrics(events.flatMap((event) => points.of(event)));
      await remote.setTags(warningsOf(events));
      news.artifacts ||= events.some(({ type }) => type === 'artifact');
      sent.events = position;
      remote.save();
    }
  }
}

function warningsOf(events: Event[]): Record<string, string> {
  return Object.fromEntries(
    events.flatMap((event) =>
      event.type === 'warning' ? [[`facecom.warning.${event.code}`, event.message]] : [],
    ),
  );
}

/** What is kept beside the trainer's artifacts. */
const kept = ['config.json', 'spec.yaml', 'origins.json', 'environment.json'];
const RECORD = 'record/';

/** The files of a run that MLflow shows: the trainer's artifacts, and the record of the run in a folder of its own. */
export async function artifactsOf(runDir: string, { log }: { log: boolean }): Promise<Artifact[]> {
  const own = await filesBelow(join(runDir, 'artifacts'));
  const { tracking } = readConfigPart(runDir);
  const names = [
    ...kept,
    ...(log ? ['log.txt'] : []),
    ...(tracking?.changes === true ? ['changes.diff'] : []),
  ];
  const record = await filesOf(runDir, names);
  const started = readState(runDir)[0]?.time ?? 0;
  const shown = loggedImages(own, started);
  return [
    ...shown.map((file) => (isLoggedImage(file) ? file : { ...file, path: artifactPath(file.path) })),
    ...record,
  ];
}

/** What a run was made of: its config and spec. */
export const recordOf = (runDir: string): Promise<Artifact[]> =>
  filesOf(runDir, ['config.json', 'spec.yaml']);

async function filesOf(runDir: string, names: readonly string[]): Promise<Artifact[]> {
  return (await Promise.all(names.map((name) => describe(join(runDir, name), RECORD + name)))).flat();
}

function artifactPath(path: string): string {
  const legal = legalPath(path);
  return legal === path && path.startsWith(RECORD) ? hashed(path, path) : legal;
}
