import { join } from 'node:path';
import { readJsonObject, writeJson } from '../../base/files.ts';
import { isRecord } from '../../base/objects.ts';
import type { RunStatus } from './answers.ts';

/** What of a run was sent to one server. */
export interface Sent {
  /** Ids of MLflow's experiment and run. */
  experiment: string;
  run: string;
  /** Bytes of events.jsonl. */
  events: number;
  /** Of a sweep: how many of its trials had finished. */
  step: number;
  /** Tags as they were sent last: what a user changes in MLflow stays. */
  tags: Record<string, string>;
  /** Size and time of change of each file that was sent. */
  artifacts: Record<string, [bytes: number, changed: number]>;
  status?: RunStatus;
  /** Bytes of system.jsonl, and samples. */
  system?: { bytes: number; samples: number };
  /** The model that was made of the best checkpoint: its id on servers from version 3 on, and as what it was registered. */
  model?: { id?: string; uri: string; ready?: boolean; registered?: string };
  /** Of a sweep: when its last run ended whose scores were summed up. */
  ended?: number;
  /** Of a sweep: runs, by MLflow's ids, that have a tag of it. */
  marked?: string[];
  /** The data set is named. */
  input?: boolean;
}

export interface Cursor {
  version: 1;
  /** By which a run is found again in MLflow where its id was not written down. */
  key: string;
  /** By target: a server's address, or `local:` and the id of the local server's folder. */
  sent: Record<string, Sent>;
}

export const cursorFile = (dir: string): string => join(dir, '.mlflow.json');

/** One that cannot be read counts as none: the run is found again by its key. */
export function readCursor(dir: string): Cursor | undefined {
  const cursor = readJsonObject(cursorFile(dir));
  if (cursor?.version !== 1 || typeof cursor.key !== 'string' || !isRecord(cursor.sent)) return undefined;
  const sent = Object.entries(cursor.sent).filter(([, sent]) => isSent(sent));
  return { version: 1, key: cursor.key, sent: Object.fromEntries(sent) as Cursor['sent'] };
}

const isSent = (sent: unknown): boolean =>
  isRecord(sent) &&
  typeof sent.run === 'string' &&
  typeof sent.experiment === 'string' &&
  Number.isSafeInteger(sent.events) &&
  Number.isSafeInteger(sent.step) &&
  isRecord(sent.tags) &&
  isRecord(sent.artifacts);

export function writeCursor(dir: string, cursor: Cursor): void {
  writeJson(cursorFile(dir), cursor, { indent: 0 });
}

export function nothingSent(experiment: string, run: string): Sent {
  return { experiment, run, events: 0, step: 0, tags: {}, artifacts: {} };
}
