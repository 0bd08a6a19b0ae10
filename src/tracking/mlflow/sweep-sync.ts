import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { formatNumber } from '../../base/format.ts';
import {
  bestOf,
  compareValues,
  finalValue,
  lockFile,
  newestRuns,
  type Objective,
  pointsOf,
  type RunSummary,
  readManifest,
  resultOf,
  resultText,
  runFoldersUnder,
  type SweepManifest,
  scanRuns,
  type TrialResult,
} from '../../record/index.ts';
import type { RunStatus } from './answers.ts';
import { type Artifact, describe, filesBelow } from './artifacts.ts';
import type { MlflowClient } from './client.ts';
import { legalKey, legalPath } from './names.ts';
import { RemoteRun } from './remote-run.ts';
import { readRunRecord, tagsOf } from './run-record.ts';
import { type Metric, metric } from './values.ts';

export interface SweepSyncOptions {
  /** `<runs>/<name>`. */
  sweepDir: string;
  client: MlflowClient;
  target: string;
  experiment: string;
  restore?: boolean;
}

/** Shows a sweep as the parent of its runs: what was searched, how far it is, and the best so far after each trial. */
export class SweepSync {
  private readonly options: SweepSyncOptions;
  private remote: RemoteRun | undefined;
  private scanned = 0;

  constructor(options: SweepSyncOptions) {
    this.options = options;
  }

  get run(): RemoteRun | undefined {
    return this.remote;
  }

  async open(): Promise<RemoteRun> {
    if (this.remote) return this.remote;
    const { sweepDir, client, target, experiment, restore } = this.options;
    const manifest = readManifest(sweepDir);
    const first = runFoldersUnder(sweepDir)[0];
    const description = first ? readRunRecord(first).config.description?.trim() : undefined;
    const about = `Sweep in \`${sweepDir}\`${manifest ? `, spec \`${manifest.spec}\`` : ''}.`;
    this.remote = await RemoteRun.open(
      client,
      { dir: sweepDir, target, restore },
      {
        // A folder that is thrown away and made anew is another sweep.
        key: async () => randomUUID(),
        experiment,
        name: manifest?.sweep ?? 'sweep',
        start: manifest?.time ?? Date.now(),
        note: description ? `${description}\n\n${about}` : about,
      },
    );
    return this.remote;
  }

  async pass({ last }: { last: boolean }): Promise<void> {
    const { sweepDir } = this.options;
    const remote = await this.open();
    const manifest = readManifest(sweepDir);
    // All runs are read each time: now and then is enough.
    if (!manifest || (!last && Date.now() - this.scanned < 10_000)) return;
    const begun = Date.now();
    const runs = newestRuns(scanRuns(sweepDir, { objective: manifest.objective }));
    const trials = manifest.trials.flatMap(({ id }) => runs.get(id) ?? []);
    await remote.logParams(Object.entries(paramsOf(manifest)));
    await this.sendResults(remote, manifest, trials);
    if (last) await remote.putArtifacts(await artifactsOf(sweepDir));
    if (last) await remote.settle();
    const status = statusOf(manifest, trials, last);
    await remote.setStatus(status, status === 'RUNNING' ? undefined : lastChange(trials));
    // A folder of very many runs is not read all the time.
    this.scanned = Date.now() + 10 * (Date.now() - begun);
  }

  private async sendResults(remote: RemoteRun, manifest: SweepManifest, trials: RunSummary[]): Promise<void> {
    const results = resultsOf(manifest, trials);
    const finished = results
      .filter(({ finished }) => finished)
      .sort((a, b) => (a.run.changed ?? 0) - (b.run.changed ?? 0));
    const best = bestOf(pointsOf(results, manifest.objective));
    const { sent } = remote;
    await remote.logMetrics(
      pointsAfterEach(finished, manifest.objective).filter(({ step }) => step > sent.step),
    );
    sent.step = finished.length;
    remote.save();
    await remote.setTags({
      ...sourceTags(manifest, trials),
      'facecom.kind': 'sweep',
      'facecom.trials': String(manifest.trials.length),
      'facecom.finished': String(finished.length),
      'facecom.failed': String(trials.filter(({ status }) => status === 'failed').length),
      'facecom.best': best && runId(best.trial.run),
      'facecom.best_value':
        best && `${manifest.objective.metric} ${resultText(best.point.result, formatNumber)}`,
    });
  }
}

interface RunResult extends TrialResult {
  run: RunSummary;
}

/** In the order of the sweep, as the terminal and the report take them: equal ones are settled by it. */
function resultsOf({ trials }: SweepManifest, runs: readonly RunSummary[]): RunResult[] {
  const byTrial = new Map(runs.map((run) => [run.trial, run]));
  return trials.flatMap(({ id, axes, point }) => {
    const run = byTrial.get(id);
    return run ? [{ point, axes, finished: run.status === 'finished', value: run.best, run }] : [];
  });
}

const runId = ({ name, trial, attempt }: RunSummary): string => `${name}/${trial}-${attempt}`;

/** After each finished trial, in the order in which they finished: its value, and the mean of the best point so far. */
function pointsAfterEach(finished: readonly RunResult[], objective: Objective): Metric[] {
  const metrics: Metric[] = [];
  const values = new Map<string | number, number[]>();
  const means = new Map<string | number, number>();
  let best: string | number | undefined;
  const isBetter = (point: string | number) =>
    best === undefined || compareValues(means.get(point), means.get(best), objective) < 0;
  for (const [i, trial] of finished.entries()) {
    const { point, value, run } = trial;
    if (value === undefined) continue;
    const add = (name: string, what: number) =>
      metrics.push(metric(legalKey(`${name}/${objective.metric}`), what, run.changed ?? 0, i + 1));
    add('trial', value);
    const final = finalValue(trial);
    if (final !== undefined) {
      values.set(point, [...(values.get(point) ?? []), final]);
      means.set(point, resultOf(values.get(point)!, objective.metric)!.mean);
      // A further seed may have made the best one worse.
      if (point === best) for (const other of means.keys()) best = isBetter(other) ? other : best;
      else if (isBetter(point)) best = point;
    }
    if (best !== undefined) add('best', means.get(best)!);
  }
  return metrics;
}

function paramsOf({ objective, repeats, trials }: SweepManifest): Record<string, unknown> {
  const axes = new Map<string, Set<string>>();
  for (const trial of trials)
    for (const [path, value] of Object.entries(trial.axes)) {
      const values = axes.get(path) ?? new Set();
      axes.set(path, values.add(JSON.stringify(value)));
    }
  return {
    'sweep.objective': `${objective.mode} ${objective.metric}`,
    'sweep.repeats': repeats,
    ...Object.fromEntries(
      [...axes].map(([path, values]) => [`sweep.axes.${path}`, `[${[...values].join(', ')}]`]),
    ),
  };
}

function sourceTags(manifest: SweepManifest, trials: RunSummary[]): Record<string, string | undefined> {
  const tags = trials[0] ? tagsOf(readRunRecord(trials[0].dir)) : {};
  const kept = ['mlflow.user', 'mlflow.source.type', 'mlflow.source.git.commit', 'facecom.version'];
  return {
    ...Object.fromEntries(kept.map((key) => [key, tags[key]])),
    'mlflow.source.name': manifest.spec,
  };
}

function statusOf({ trials }: SweepManifest, runs: RunSummary[], last: boolean): RunStatus {
  const count = (...statuses: RunSummary['status'][]) =>
    runs.filter(({ status }) => statuses.includes(status)).length;
  if (!last || count('running', 'retrying') > 0) return 'RUNNING';
  const done = count('finished') + count('failed');
  if (done < trials.length) return 'KILLED';
  return count('finished') > 0 || trials.length === 0 ? 'FINISHED' : 'FAILED';
}

const lastChange = (runs: RunSummary[]): number =>
  runs.reduce((time, { changed }) => Math.max(time, changed ?? 0), 0) || Date.now();

/** The files that lie directly in the sweep's folder or in its artifacts/: sweep.json, a report, tables. */
async function artifactsOf(sweepDir: string): Promise<Artifact[]> {
  const entries = await readdir(sweepDir, { withFileTypes: true }).catch(() => []);
  // What is being written, and who is at work on the sweep, are no results.
  const isResult = (name: string) =>
    !/^\.|\.(tmp|lock|jsonl)$/.test(name) && name !== basename(lockFile(sweepDir));
  const names = entries.filter((entry) => entry.isFile() && isResult(entry.name));
  const direct = await Promise.all(names.map(({ name }) => describe(join(sweepDir, name), legalPath(name))));
  const folder = join(sweepDir, 'artifacts');
  const deeper = existsSync(folder) ? await filesBelow(folder) : [];
  return [...direct.flat(), ...deeper.map((file) => ({ ...file, path: legalPath(file.path) }))];
}
