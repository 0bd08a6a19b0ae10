import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeAside } from '../../base/files.ts';
import type { RunStatus } from './client.ts';

/** What of a run was sent to one server. */
export interface Sent {
  /** Ids of MLflow's experiment and run. */
  experiment: string;
  run: string;
  /** Bytes of events.jsonl. */
  events: number;
  /** The last step among them. */
  step: number;
  /** The last step whose epoch was sent. */
  epoch?: number;
  /** They hold scores of the test. */
  tested?: boolean;
  /** Tags as they were sent last: what a user changes in MLflow stays. */
  tags: Record<string, string>;
  /** Size and time of change of each file that was sent. */
  artifacts: Record<string, [bytes: number, changed: number]>;
  status?: RunStatus;
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
  try {
    const cursor = JSON.parse(readFileSync(cursorFile(dir), 'utf8')) as Cursor;
    return cursor.version === 1 && typeof cursor.key === 'string' && typeof cursor.sent === 'object'
      ? cursor
      : undefined;
  } catch {
    return undefined;
  }
}

export function writeCursor(dir: string, cursor: Cursor): void {
  writeAside(cursorFile(dir), `${JSON.stringify(cursor)}\n`);
}

export function nothingSent(experiment: string, run: string): Sent {
  return { experiment, run, events: 0, step: 0, tags: {}, artifacts: {} };
}
