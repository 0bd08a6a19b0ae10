import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeAside } from '../base/write-aside.ts';

/** Somebody's wish that a run be ended, for its orchestrator, which takes it away when it has read it. */
export interface StopRequest {
  /** Milliseconds since 1970. */
  time: number;
  /** At once, without a checkpoint. */
  kill: boolean;
}

const requestFile = (runDir: string): string => join(runDir, 'stop.json');

export function requestStop(runDir: string, { kill }: { kill: boolean }): void {
  const request: StopRequest = { time: Date.now(), kill };
  writeAside(requestFile(runDir), `${JSON.stringify(request)}\n`);
}

/** The request, if there is one; it is gone then. */
export function takeStopRequest(runDir: string): StopRequest | undefined {
  const file = requestFile(runDir);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  rmSync(file, { force: true });
  return { time: Date.now(), kill: false, ...parse(text) };
}

function parse(text: string): Partial<StopRequest> {
  try {
    const { kill, time } = JSON.parse(text) as StopRequest;
    return { kill: kill === true, ...(typeof time === 'number' ? { time } : {}) };
  } catch {
    // Made by hand: an empty file is a request, too.
    return {};
  }
}
