import { join } from 'node:path';
import { LineWriter, readLines } from '../base/lines.ts';
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

const states: Record<StateEntry['state'], true> = {
  queued: true,
  started: true,
  stopped: true,
  failed: true,
  finished: true,
  retried: true,
};

/** A run's state; what is no entry is left out. */
export function readState(runDir: string): StateEntry[] {
  const lines = readLines(stateFile(runDir)) as StateEntry[];
  return lines
    .filter(({ state }) => typeof state === 'string' && Object.hasOwn(states, state))
    .map((entry) => (typeof entry.time === 'number' ? entry : { ...entry, time: 0 }));
}
