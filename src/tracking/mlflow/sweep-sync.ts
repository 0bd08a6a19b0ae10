import { randomUUID } from 'node:crypto';
import { existsSync, lstatSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { formatScore, shownPath } from '../../base/format.ts';
import {
  bestOf,
  lockFile,
  newestRuns,
  pointsOf,
  type RunSummary,
  readManifest,
  resultText,
  runFoldersUnder,
  type SweepManifest,
  scanRuns,
} from '../../record/index.ts';
import type { RunStatus } from './answers.ts';
import { type Artifact, describe, filesBelow, made } from './artifacts.ts';
import type { MlflowClient } from './client.ts';
import { readCursor } from './cursor.ts';
import { legalPath } from './names.ts';
import { pagesOf } from './pages.ts';
import { PARENT, RemoteRun } from './remote-run.ts';
import { datasetOf, differences, isOwn, readRunRecord, tagsOf } from './run-record.ts';
import { recordOf } from './run-sync.ts';
import {
  bestScores,
  foundSoFar,
  type Point,
  pointsAfterEach,
  pointsTable,
  type RunResult,
  resultsOf,
} from './sweep-results.ts';
import { sweepView, viewOfSweep } from './views.ts';

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
    this.remote = await RemoteRun.open(
      client,
      { dir: sweepDir, target, restore },
      {
        // A folder that is thrown away and made anew is another sweep.
        key: async () => randomUUID(),
        experiment,
        name: manifest?.sweep ?? 'sweep',
        start: manifest?.time ?? Date.now(),
        note: this.about(manifest),
      },
    );
    return this.remote;
  }

  /** The description: what the spec says of it, and what it has found. */
  private about(manifest: SweepManifest | undefined, found?: string): string {
    const { sweepDir } = this.options;
    const first = runFoldersUnder(sweepDir)[0];
    const description = first && readRunRecord(first).config.description?.trim();
    const place = `Sweep in \`${shownPath(sweepDir, manifest?.cwd)}\`${manifest ? `, spec \`${shownPath(manifest.spec, manifest.cwd)}\`` : ''}.`;
    return [description, found, place].filter(Boolean).join('\n\n');
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
    const results = resultsOf(manifest, trials);
    const points = pointsOf(results, manifest.objective);
    await remote.logParams(Object.entries(paramsOf(manifest)));
    await remote.logInput(trials[0] && datasetOf(readRunRecord(trials[0].dir)));
    const axes = [...new Set(manifest.trials.flatMap((trial) => Object.keys(trial.axes)))];
    const shown = {
      filter: trials.some(isElsewhere)
        ? `tags.\`${sweepTag(remote)}\` = '${manifest.sweep}'`
        : `tags.\`${PARENT}\` = '${remote.id}'`,
      axes,
      objective: manifest.objective,
      own: !trials[0] || isOwn(readRunRecord(trials[0].dir)),
      scores: scoresOf(trials),
    };
    await remote.saveView(viewOfSweep(remote.id), sweepView(shown));
    await this.sendResults(remote, manifest, { trials, results, points, last });
    await this.markRuns(remote, manifest, trials);
    if (last) await remote.putArtifacts(await this.artifacts(manifest, trials, points));
    if (last) await remote.settle();
    const status = statusOf(manifest, trials, last);
    // Its trials may all be taken from a sweep before it.
    await remote.setStatus(
      status,
      status === 'RUNNING' ? undefined : Math.max(manifest.time, lastChange(trials)),
    );
    // A folder of very many runs is not read all the time.
    this.scanned = Date.now() + 10 * (Date.now() - begun);
  }

  /**
   * What finds its runs in MLflow. Trials that another sweep, or a run, has trained are nested there: they, and with them its own, have a tag
   * by which this one finds them too.
   */
  private async markRuns(remote: RemoteRun, { sweep }: SweepManifest, trials: RunSummary[]): Promise<void> {
    if (!trials.some(isElsewhere)) return;
    const runs = trials.flatMap(({ dir }) => readCursor(dir)?.sent[this.options.target]?.run ?? []);
    await remote.mark(runs, { key: sweepTag(remote), value: sweep });
  }

  private async sendResults(
    remote: RemoteRun,
    manifest: SweepManifest,
    {
      trials,
      results,
      points,
      last,
    }: { trials: RunSummary[]; results: RunResult[]; points: Point[]; last: boolean },
  ): Promise<void> {
    const { objective } = manifest;
    const finished = results
      .filter(({ finished }) => finished)
      .sort((a, b) => (a.run.changed ?? 0) - (b.run.changed ?? 0));
    const best = bestOf(points);
    const { sent } = remote;
    const news = pointsAfterEach(finished, objective).filter(({ step }) => step > sent.step);
    // They follow from the runs: those that were sent for the same runs are there.
    const ended = lastChange(trials);
    // At step 0 MLflow draws a bar; of a sweep that continued after its end, at a later one.
    const step = sent.ended === undefined ? 0 : finished.length;
    const final = last && sent.ended !== ended ? bestScores(points, objective, step, ended) : [];
    await remote.logMetrics([...news, ...final]);
    if (last) sent.ended = ended;
    sent.step = finished.length;
    remote.save();
    await remote.setTags({
      ...sourceTags(manifest, trials),
      'facecom.kind': 'sweep',
      'facecom.trials': String(manifest.trials.length),
      'facecom.finished': String(finished.length),
      'facecom.failed': String(trials.filter(({ status }) => status === 'failed').length),
      'facecom.best': best && runId(best.trial.run),
      'facecom.best_point': best && differences(best.point.axes).join(' '),
      'facecom.best_value': best && `${objective.metric} ${resultText(best.point.result, formatScore)}`,
    });
    const runs = pagesOf('', undefined).experiment(sent.experiment, viewOfSweep(remote.id));
    const found = foundSoFar(manifest, points, trials);
    await remote.setNote(
      this.about(manifest, `${found}\n\n[The runs of this sweep, the best first](${runs})`),
    );
  }

  private async artifacts(
    manifest: SweepManifest,
    trials: RunSummary[],
    points: Point[],
  ): Promise<Artifact[]> {
    const first = trials[0]?.dir;
    const record = first ? await recordOf(first) : [];
    return [
      ...(await artifactsOf(this.options.sweepDir)),
      ...record,
      made('points.csv', pointsTable(points, manifest.objective)),
    ];
  }
}

/** Of another sweep, or a run of its own: its folder is a link to that one's. */
const isElsewhere = ({ dir }: RunSummary): boolean => lstatSync(dir).isSymbolicLink();

const sweepTag = ({ id }: RemoteRun): string => `facecom.sweep.${id.slice(0, 8)}`;

/** Names of final scores, each once, in the order in which they are told. */
const scoresOf = (trials: readonly RunSummary[]): string[] => [
  ...new Set(trials.flatMap(({ status, metrics }) => (status === 'finished' ? Object.keys(metrics) : []))),
];

const runId = ({ name, trial, attempt }: RunSummary): string => `${name}/${trial}-${attempt}`;

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
  const done = count('finished', 'failed', 'pruned');
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
