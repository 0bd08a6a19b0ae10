import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { readJsonObject } from '../base/files.ts';
import type { Environment } from './environment.generated.ts';
import type { Event } from './event.ts';
import { readEvents } from './events.ts';
import {
  type Origins,
  type RecordedConfig,
  readConfigPart,
  readEnvironment,
  readOrigins,
} from './read-config.ts';
import { runName } from './run-folder.ts';
import { type RunStatus, scanRun } from './scan.ts';
import { readState, type StateEntry } from './state.ts';

type MetricEvent = Extract<Event, { type: 'metric' }>;

/** A run's record, read whole. Every part may be missing. */
export interface RunRecord {
  dir: string;
  /** `name/trial-attempt`. */
  id: string;
  name: string;
  trial: string;
  attempt: number;
  status: RunStatus | 'unknown';
  /** What all its starts took. */
  seconds?: number;
  /** Why it failed, where it did. */
  failure?: { class?: string; code?: string; message?: string };
  config: RecordedConfig;
  origins: Origins;
  environment: Environment;
  states: StateEntry[];
  metrics: MetricEvent[];
  /** The final scores: of the run's last word if there is one, else the last value of each. */
  scores: Record<string, number>;
  /** What artifacts/metrics.json says besides; its values are not to be trusted. */
  summary: Record<string, unknown>;
  warnings: { code: string; message: string; count: number }[];
  artifacts: { path: string; kind: string; bytes?: number }[];
  checkpoints: { path: string; score?: number }[];
  /** Milliseconds since 1970 of the first and the last thing that was recorded. */
  begun?: number;
  ended?: number;
}

/**
 * Reads a run's record. What is missing or torn is left empty, and lines of the record that cannot be read are among the warnings: a run that
 * failed early can be shown, too.
 */
export function readRun(runDir: string): RunRecord {
  const states = readState(runDir);
  const events = readEvents(runDir);
  const metrics = events.filter((event) => event.type === 'metric');
  const { trial, attempt } = runName(resolve(runDir)) ?? { trial: basename(resolve(runDir)), attempt: 1 };
  const name = basename(dirname(resolve(runDir)));
  const summary = states.length > 0 ? scanRun(runDir) : undefined;
  const status = summary?.status ?? saidByTrainer(events);
  const times = [...states, ...events].map(({ time }) => time).filter((time) => time > 0);
  return {
    dir: runDir,
    id: `${name}/${basename(resolve(runDir))}`,
    name,
    trial,
    attempt,
    status,
    seconds: summary?.seconds,
    failure: status === 'failed' ? failureOf(states, events) : undefined,
    config: readConfigPart(runDir),
    origins: readOrigins(runDir),
    environment: readEnvironment(runDir),
    states,
    metrics,
    scores: finalScores(events),
    summary: readJsonObject(join(runDir, 'artifacts', 'metrics.json')) ?? {},
    warnings: warningsOf(events),
    artifacts: artifactsOf(runDir, events),
    checkpoints: events.filter((event) => event.type === 'checkpoint'),
    begun: times.length > 0 ? least(times) : undefined,
    ended: times.length > 0 ? -least(times.map((time) => -time)) : undefined,
  };
}

/** A run that no orchestrator started has its trainer's word only. */
function saidByTrainer(events: Event[]): RunRecord['status'] {
  const last = events.findLast(({ type }) => type === 'finished' || type === 'stopped' || type === 'failed');
  return last ? (last.type as 'finished' | 'stopped' | 'failed') : 'unknown';
}

function failureOf(states: StateEntry[], events: Event[]): RunRecord['failure'] {
  const state = states.findLast((entry) => entry.state === 'failed');
  if (state) return { class: state.class, code: state.code, message: state.message };
  const event = events.findLast(({ type }) => type === 'failed');
  return event?.type === 'failed' ? { class: event.class, code: event.code, message: event.message } : {};
}

function finalScores(events: Event[]): Record<string, number> {
  const finished = events.findLast(({ type }) => type === 'finished');
  if (finished?.type === 'finished') return finished.metrics;
  const scores = new Map<string, number>();
  for (const event of events)
    if (event.type === 'metric')
      for (const [name, value] of Object.entries(event.values))
        if (/^(val|test)\//.test(name)) scores.set(name, value);
  return Object.fromEntries(scores);
}

/** Each once, with how often it was given. */
function warningsOf(events: Event[]): RunRecord['warnings'] {
  const found = new Map<string, RunRecord['warnings'][number]>();
  for (const event of events) {
    if (event.type !== 'warning') continue;
    const key = `${event.code} ${event.message}`;
    const known = found.get(key);
    if (known) known.count++;
    else found.set(key, { code: event.code, message: event.message, count: 1 });
  }
  return [...found.values()];
}

/** What the trainer told of, and what else lies in artifacts/; `bytes` is missing where the file is. */
function artifactsOf(runDir: string, events: Event[]): RunRecord['artifacts'] {
  const found = new Map<string, RunRecord['artifacts'][number]>();
  const add = (path: string, kind: string) => found.set(path, { path, kind, bytes: sizeOf(runDir, path) });
  for (const file of filesUnder(join(runDir, 'artifacts'))) add(`artifacts/${file}`, '');
  for (const event of events) if (event.type === 'artifact') add(event.path, event.kind);
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function filesUnder(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.endsWith('.tmp'))
      .map((entry) =>
        relative(folder, join(entry.parentPath ?? entry.path, entry.name)).replaceAll('\\', '/'),
      );
  } catch {
    return [];
  }
}

/** A path that leads out of the run folder has no size. */
function sizeOf(runDir: string, path: string): number | undefined {
  return isWithin(path) ? statSync(join(runDir, path), { throwIfNoEntry: false })?.size : undefined;
}

/** Relative and without a step upwards. */
export const isWithin = (path: string): boolean =>
  !isAbsolute(path) && !/^[a-z]+:/i.test(path) && !path.split(/[\\/]/).includes('..');

const least = (values: number[]): number => values.reduce((a, b) => Math.min(a, b));
