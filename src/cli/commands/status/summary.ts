import { basename } from 'node:path';
import { formatDuration, formatFixed } from '../../../base/format.ts';
import type { RunStatus, RunSummary } from '../../../record/index.ts';

export type Counts = Partial<Record<RunStatus, number>>;

export const runId = ({ name, dir }: RunSummary): string => `${name}/${basename(dir)}`;

/** What has not ended, by its own account. */
export const isActive = ({ status }: RunSummary): boolean => status === 'running' || status === 'retrying';

export function count(runs: Iterable<RunSummary>): Counts {
  const counts: Counts = {};
  for (const { status } of runs) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

/** A run for programs. */
export function describeRun(run: RunSummary, axes?: object): object {
  const { dir, trial, attempt, status, starts, retries, devices, trainer, orchestrator, progress, ...rest } =
    run;
  const { name: _name, ...facts } = rest;
  return {
    run: runId(run),
    dir,
    trial,
    attempt,
    status,
    ...(axes ? { axes } : {}),
    starts,
    retries,
    devices,
    ...facts,
    ...(progress ? { progress: withoutType(progress) } : {}),
    ...(trainer ? { pid: trainer.pid } : {}),
    ...(orchestrator ? { orchestrator: orchestrator.pid } : {}),
  };
}

function withoutType({ type: _, ...progress }: NonNullable<RunSummary['progress']>): object {
  return progress;
}

/** How far a run is: `3/20`, the stage before the first epoch, or nothing. */
export function howFar({ status, progress, epoch }: RunSummary): string {
  if (status === 'finished' || !progress) return epoch === undefined ? '' : String(round(epoch));
  if (progress.epoch !== undefined && progress.epochs !== undefined)
    return `${round(progress.epoch)}/${round(progress.epochs)}`;
  return progress.stage ?? `${progress.done}/${progress.total}`;
}

const round = (value: number): number => Math.round(value * 100) / 100;

export const shown = (value: number | undefined): string =>
  value === undefined ? '' : formatFixed(value, 4);

export const time = (seconds: number | undefined): string =>
  seconds === undefined ? '' : formatDuration(seconds);

/** Why a run is not well, or what it does now. */
export function note({ status, class: kind, message }: RunSummary): string {
  if (status === 'interrupted') return 'its trainer and its orchestrator are gone';
  if (status === 'finished' || status === 'stopped' || kind === undefined) return '';
  return message ? `${kind}: ${message}` : kind;
}

/** A table of as many rows as there are lines for, and how many are not shown. */
export function limited<T>(all: readonly T[], lines: number, draw: (rows: readonly T[]) => string): string {
  const first = all.slice(0, lines);
  const text = draw(first);
  // In a narrow terminal a row is of several lines.
  const each = Math.max(1, Math.floor(text.split('\n').length / Math.max(1, first.length)));
  const shown = each === 1 ? first : first.slice(0, Math.max(1, Math.floor(lines / each)));
  const hidden = all.length - shown.length;
  const table = shown.length === first.length ? text : draw(shown);
  return hidden > 0 ? `${table}\n… and ${hidden} more (--all shows them)` : table;
}

/** 2026-01-31 17:05 */
export function localTime(time: number): string {
  const date = new Date(time);
  const two = (n: number) => String(n).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}
