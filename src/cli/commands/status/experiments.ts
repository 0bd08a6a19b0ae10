import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { FacecomError } from '../../../base/errors.ts';
import { defaultObjective, lockHolder, newestRuns, readManifest, scanRuns } from '../../../record/index.ts';
import { type Column, table } from '../../terminal/table.ts';
import type { Status } from './status.ts';
import { type Counts, count, isActive, limited, localTime, shown } from './summary.ts';

interface Experiment {
  name: string;
  dir: string;
  trials: number;
  /** Runs of all trials: more than these if some were run again. */
  attempts: number;
  /** By the newest run of each trial. */
  counts: Counts;
  waiting: number;
  active: boolean;
  metric: string;
  best?: number;
  /** Milliseconds since 1970. */
  changed?: number;
}

/** Every experiment and sweep of a folder of runs. Throws FacecomError `runs-missing` (exit code 2). */
export function experimentsStatus(runs: string): Status {
  const experiments = folders(runs).flatMap((name) => look(runs, name) ?? []);
  experiments.sort((a, b) => Number(b.active) - Number(a.active) || (b.changed ?? 0) - (a.changed ?? 0));
  const summary = {
    runs,
    experiments: experiments.length,
    trials: experiments.reduce((sum, { trials }) => sum + trials, 0),
    running: experiments.reduce((sum, { counts }) => sum + (counts.running ?? 0), 0),
  };
  return {
    documents: [
      ...experiments.map(({ name, dir, trials, attempts, counts, waiting, metric, best, changed }) => ({
        experiment: name,
        dir,
        trials,
        attempts,
        ...counts,
        waiting,
        ...(best === undefined ? {} : { best: { metric, value: best } }),
        changed,
      })),
      summary,
    ],
    active: experiments.some(({ active }) => active),
    text: ({ width, rows }) => {
      if (experiments.length === 0) return `There are no runs in ${runs}. Start one with: facecom run SPEC`;
      return limited(experiments, rows, (shown) => experimentTable(shown, width));
    },
  };
}

function look(runs: string, name: string): Experiment | undefined {
  const dir = join(runs, name);
  const manifest = readManifest(dir);
  const objective = manifest?.objective ?? defaultObjective;
  const every = [...scanRuns(dir, { objective })];
  const all = [...newestRuns(every).values()];
  if (all.length === 0 && !manifest) return undefined;
  const ids = new Set(all.map(({ trial }) => trial));
  const values = every.flatMap(({ status, best }) =>
    status === 'finished' && best !== undefined && !Number.isNaN(best) ? [best] : [],
  );
  const better = objective.mode === 'max' ? Math.max : Math.min;
  const waiting = manifest ? manifest.trials.filter(({ id }) => !ids.has(id)).length : 0;
  return {
    name,
    dir,
    trials: all.length + waiting,
    attempts: every.length,
    counts: count(all),
    waiting,
    active: lockHolder(dir) !== undefined || every.some(isActive),
    metric: objective.metric,
    ...(values.length > 0 ? { best: values.reduce((a, b) => better(a, b)) } : {}),
    changed: every.reduce((latest, { changed = 0 }) => Math.max(latest, changed), 0) || undefined,
  };
}

function experimentTable(experiments: readonly Experiment[], width: number): string {
  const early = experiments.some(({ counts }) => counts.pruned !== undefined);
  const columns: Column[] = [
    { title: 'experiment', shrinks: true },
    { title: 'trials', align: 'right' },
    { title: 'runs', align: 'right', drop: 5 },
    { title: 'running', align: 'right' },
    { title: 'waiting', align: 'right' },
    { title: 'finished', align: 'right' },
    { title: 'failed', align: 'right' },
    { title: 'stopped', align: 'right', drop: 2 },
    ...(early ? [{ title: 'pruned', align: 'right' as const, drop: 2 }] : []),
    { title: 'best', align: 'right', drop: 3 },
    { title: 'of', shrinks: true, drop: 4 },
    { title: 'last change', drop: 1 },
  ];
  const some = (n: number) => (n > 0 ? String(n) : '');
  const rows = experiments.map(({ name, trials, attempts, counts, waiting, best, metric, changed }) => [
    name,
    String(trials),
    attempts > trials ? String(attempts) : '',
    some((counts.running ?? 0) + (counts.retrying ?? 0)),
    some(waiting + (counts.queued ?? 0)),
    some(counts.finished ?? 0),
    some(counts.failed ?? 0),
    some((counts.stopped ?? 0) + (counts.interrupted ?? 0)),
    ...(early ? [some(counts.pruned ?? 0)] : []),
    shown(best),
    best === undefined ? '' : metric,
    changed === undefined ? '' : localTime(changed),
  ]);
  return table(columns, rows, width);
}

function folders(runs: string): string[] {
  if (!statSync(runs, { throwIfNoEntry: false })?.isDirectory())
    throw new FacecomError('runs-missing', `There is no folder of runs at ${runs}.`, {
      expected: 'a folder that facecom run or facecom sweep has made',
      remedy: 'Give it with --runs, or start in the folder that the runs were started in.',
      exitCode: 2,
    });
  return readdirSync(runs, { withFileTypes: true })
    .filter((entry) => !entry.name.startsWith('.') && (entry.isDirectory() || entry.isSymbolicLink()))
    .map(({ name }) => name)
    .sort();
}
