import { basename } from 'node:path';
import { formatDuration } from '../../../base/format.ts';
import {
  defaultObjective,
  holderLastSeen,
  lockHolder,
  newestRuns,
  type RunSummary,
  readManifest,
  type SweepManifest,
  scanRuns,
  secondsRemaining,
  trainedPart,
} from '../../../record/index.ts';
import { type Column, table } from '../../terminal/table.ts';
import { axisTitles, axisValues } from './axes.ts';
import type { Status } from './status.ts';
import {
  type Counts,
  count,
  describeRun,
  howFar,
  isActive,
  limited,
  localTime,
  note,
  shown,
  time,
} from './summary.ts';

/** The trials of a sweep, or of an experiment that was run several times; `known` keeps what will not change between two looks. */
export function runsStatus(dir: string, known: Map<string, RunSummary>): Status {
  const manifest = readManifest(dir);
  const objective = manifest?.objective ?? defaultObjective;
  const all = [...scanRuns(dir, { objective, known })];
  for (const run of all) if (run.status === 'finished') known.set(run.dir, run);
  // Runs of an experiment are each of their own; a sweep has one result a trial.
  const runs = manifest ? [...newestRuns(all).values()] : all;
  const sorted = runs.sort(byState(objective.mode));
  const holder = lockHolder(dir);
  const unseen = holder ? undefined : holderLastSeen(dir);
  const waiting = manifest ? without(manifest, runs) : 0;
  // Of a search at work: those that follow from results.
  const open = holder ? Math.max(0, (manifest?.planned ?? 0) - (manifest?.trials.length ?? 0)) : 0;
  const counts = count(runs);
  const best = sorted.find(({ status, best }) => status === 'finished' && best !== undefined);
  const left = secondsToGo(sorted, waiting + open + (counts.queued ?? 0));
  const axes = new Map(manifest?.trials.map(({ id, axes }) => [id, axes]));
  const summary = {
    sweep: basename(dir),
    dir,
    trials: runs.length + waiting,
    ...counts,
    waiting,
    ...(open > 0 ? { to_propose: open } : {}),
    running_by: holder ? holder.pid : null,
    ...(unseen === undefined ? {} : { not_seen_since: unseen }),
    objective,
    ...(best ? { best: { trial: best.trial, value: best.best, axes: axes.get(best.trial) } } : {}),
    ...(left === undefined ? {} : { seconds_to_go: Math.round(left) }),
  };
  return {
    documents: [...sorted.map((run) => describeRun(run, axes.get(run.trial))), summary],
    active: holder !== undefined || sorted.some(isActive),
    text: ({ width, rows }) =>
      [
        heading(basename(dir), { counts, waiting, open, left, holder: holder?.pid, unseen }),
        '',
        limited(sorted, rows, (some) => runTable(some, manifest, width)),
      ].join('\n'),
  };
}

function without({ trials }: SweepManifest, runs: readonly RunSummary[]): number {
  const ids = new Set(runs.map(({ trial }) => trial));
  return trials.filter(({ id }) => !ids.has(id)).length;
}

function heading(
  name: string,
  {
    counts,
    waiting,
    open,
    left,
    holder,
    unseen,
  }: {
    counts: Counts;
    waiting: number;
    open: number;
    left: number | undefined;
    holder: number | undefined;
    unseen: number | undefined;
  },
): string {
  const parts = Object.entries(counts).map(([status, n]) => `${n} ${status}`);
  if (waiting > 0) parts.push(`${waiting} waiting`);
  if (open > 0) parts.push(`${open} to be proposed`);
  if (left !== undefined && holder !== undefined) parts.push(`about ${formatDuration(left)} to go`);
  const gone = unseen === undefined ? '' : ` (who ran it was not seen since ${localTime(unseen)})`;
  const who = holder === undefined ? gone : ` (run by process ${holder})`;
  return `${name}: ${parts.join(', ') || 'nothing yet'}${who}`;
}

function runTable(runs: readonly RunSummary[], manifest: SweepManifest | undefined, width: number): string {
  const titles = axisTitles(manifest);
  const columns: Column[] = [
    { title: 'run' },
    ...titles.map(({ title }) => ({ title, shrinks: true, drop: 1 })),
    { title: 'status' },
    { title: 'epoch', align: 'right', drop: 2 },
    { title: manifest?.objective.metric ?? 'val/combined', align: 'right' },
    { title: 'time', align: 'right', drop: 3 },
    { title: 'device', drop: 5 },
    { title: 'retries', align: 'right', drop: 4 },
    { title: 'note', shrinks: true, drop: 6 },
  ];
  const values = axisValues(manifest, titles);
  const rows = runs.map((run) => [
    basename(run.dir),
    ...values(run.trial),
    run.status,
    howFar(run),
    shown(run.best),
    time(run.seconds),
    isActive(run) ? run.devices.join(' ') : '',
    run.retries > 0 ? String(run.retries) : '',
    note(run),
  ]);
  return table(columns, rows, width);
}

const order: Record<RunSummary['status'], number> = {
  running: 0,
  retrying: 1,
  failed: 2,
  interrupted: 3,
  stopped: 4,
  queued: 5,
  finished: 6,
  pruned: 7,
};

/** What runs and what went wrong first, then the finished ones, the best first. */
function byState(mode: 'min' | 'max'): (a: RunSummary, b: RunSummary) => number {
  const worst = mode === 'max' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const rank = ({ best }: RunSummary) => (best === undefined || Number.isNaN(best) ? worst : best);
  return (a, b) => {
    const [x, y] = [rank(a), rank(b)];
    const byBest = x === y ? 0 : (mode === 'max' ? x > y : x < y) ? -1 : 1;
    return order[a.status] - order[b.status] || byBest || (a.dir < b.dir ? -1 : 1);
  };
}

/** By the finished trials and by how far the others are; undefined if nothing runs. */
function secondsToGo(runs: readonly RunSummary[], waiting: number): number | undefined {
  const running = runs.filter(isActive);
  if (running.length === 0) return undefined;
  return secondsRemaining({
    finished: runs.flatMap(({ status, seconds }) =>
      status === 'finished' && seconds !== undefined ? [seconds] : [],
    ),
    running: running.map(({ seconds = 0, progress }) => ({
      spent: seconds,
      fraction: trainedPart(progress),
    })),
    waiting,
    slots: running.length,
  });
}
