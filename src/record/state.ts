import { join } from 'node:path';
import { cleanText } from '../base/clean-text.ts';
import { LineWriter, readLines } from '../base/lines.ts';
import { classes } from './classes.ts';
import { finite, listOf, object, oneOf, type Shape, text, time, whole } from './shape.ts';
import type { StateEntry } from './state.generated.ts';

export type { StateEntry } from './state.generated.ts';

export const stateFile = (runDir: string): string => join(runDir, 'state.jsonl');

/** Appends one entry to a run's state and waits until it is on the disk. One writer a run: its orchestrator. */
export function appendState(runDir: string, entry: Omit<StateEntry, 'time'>): StateEntry {
  const line = { time: Date.now(), ...entry } as StateEntry;
  const writer = new LineWriter(stateFile(runDir));
  try {
    writer.write(line);
    writer.sync();
  } finally {
    writer.close();
  }
  return line;
}

const message: Shape<string> = (value) => (typeof value === 'string' ? cleanText(value) : undefined);

/** What is of another shape is left out of an entry: the file may have been edited. */
const entryOf = object<StateEntry>(
  {
    time,
    state: oneOf('queued', 'started', 'stopped', 'pruned', 'failed', 'finished', 'retried'),
    attempt: whole(1),
    pid: whole(1),
    host: text,
    process: text,
    secret: text,
    orchestrator: object<NonNullable<StateEntry['orchestrator']>>({ pid: whole(1), process: text }, ['pid']),
    job: object<NonNullable<StateEntry['job']>>({ key: text, id: text }, ['key']),
    launcher: text,
    devices: listOf(text),
    threads: whole(1),
    idle: finite,
    class: oneOf(...classes.all),
    code: message,
    message,
    exit_code: whole(Number.MIN_SAFE_INTEGER),
    signal: text,
    action: message,
    delay: finite,
    seconds: finite,
    epoch: whole(0),
  },
  ['state'],
);

/** A run's state; what is no entry is left out, and an entry without a time has the time 0. */
export function readState(runDir: string): StateEntry[] {
  return readLines(stateFile(runDir)).flatMap((line) => {
    const entry = entryOf(line);
    return entry ? [{ ...entry, time: entry.time ?? 0 }] : [];
  });
}
