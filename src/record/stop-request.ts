import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeJson } from '../base/files.ts';
import { holderOfRun, mark } from './lock-file.ts';
import { flag, object, time } from './shape.ts';
import type { StopRequest } from './stop.generated.ts';

export type { StopRequest } from './stop.generated.ts';

const requestFile = (runDir: string): string => join(runDir, 'stop.json');

export function requestStop(runDir: string, { kill }: { kill: boolean }): void {
  const holder = holderOfRun(runDir);
  const request: StopRequest = {
    time: Date.now(),
    kill,
    ...(holder ? { holder: { pid: holder.pid, host: holder.host, process: holder.process } } : {}),
  };
  writeJson(requestFile(runDir), request, { indent: 0 });
}

const requestOf = object<StopRequest>({ time, kill: flag, holder: mark });

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
    return requestOf(JSON.parse(text)) ?? {};
  } catch {
    // Made by hand: an empty file is a request, too.
    return {};
  }
}
