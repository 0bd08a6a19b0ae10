import { join } from 'node:path';
import { type Event, readConfigPart } from '../../record/index.ts';
import { type Artifact, describe, filesBelow } from './artifacts.ts';
import type { MlflowClient } from './client.ts';
import type { Sent } from './cursor.ts';
import { isEvaluation, pointsOfEvaluation } from './evaluations.ts';
import { sendModel } from './logged-model.ts';
import { hashed, legalKey, legalPath } from './names.ts';
import { noteOf } from './note.ts';
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
import { bestName } from './score-names.ts';
import { sendSystemMetrics } from './system-metrics.ts';
import { EventTail } from './tail.ts';
import { type Metric, metric } from './values.ts';

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
    const { status, ended } = statusOf(runDir);
    await remote.logParams(paramsOf(record));
    await remote.setTags(tagsOf(record));
    await remote.logInput(datasetOf(record));
    const news = await this.sendEvents(remote, record, last);
    await sendSystemMetrics(remote, runDir);
    if (last || news.artifacts) {
      const files = await artifactsOf(runDir, { log: last });
      await remote.logMetrics(remote.unsent(files.filter(isEvaluation)).flatMap(pointsOfEvaluation));
      await remote.putArtifacts(files);
    }
    if (last) {
      if (status === 'FINISHED') await sendModel(remote, this.options.client, runDir);
      await remote.settle();
    }
    await remote.setStatus(status, ended);
  }

  private async sendEvents(
    remote: RemoteRun,
    { state }: RunRecord,
    last: boolean,
  ): Promise<{ artifacts: boolean }> {
    const news = { artifacts: false };
    const start = state[0]?.time ?? Date.now();
    for (;;) {
      const { sent } = remote;
      const { events, position } = await this.tail.next(sent.events, { last });
      if (position === sent.events) return news;
      await remote.logMetrics(events.flatMap((event) => pointsOf(event, sent, event.time || start)));
      await remote.setTags(warningsOf(events));
      news.artifacts ||= events.some(({ type }) => type === 'artifact');
      sent.events = position;
      remote.save();
    }
  }
}

/**
 * The points of an event. `finished` holds the scores of the best checkpoint, which are not those of the last step: its `val/x` are
 * `val_best/x`, those without a slash `final/x`. Its `test/x` are left out where the record has them as a metric already.
 */
function pointsOf(event: Event, last: Pick<Sent, 'step' | 'epoch' | 'tested'>, time: number): Metric[] {
  if (event.type === 'metric') {
    // A trainer of another make may give a step that is no number.
    const step = Number.isSafeInteger(Math.trunc(event.step)) ? Math.trunc(event.step) : last.step;
    last.step = step;
    if (Object.keys(event.values).some((name) => name.startsWith('test/'))) last.tested = true;
    const points = Object.entries(event.values).map(([name, value]) =>
      metric(legalKey(name), value, time, step),
    );
    // Once a step, also where a trainer tells its metrics in several events.
    if (event.epoch > 0 && !('epoch' in event.values) && last.epoch !== step) {
      points.push(metric('epoch', event.epoch, time, step));
      last.epoch = step;
    }
    return points;
  }
  if (event.type !== 'finished') return [];
  return Object.entries(event.metrics)
    .filter(([name]) => !(last.tested && name.startsWith('test/')))
    .map(([name, value]) => metric(legalKey(bestName(name)), value, time, last.step));
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
  return [...own.map((file) => ({ ...file, path: artifactPath(file.path) })), ...record];
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
