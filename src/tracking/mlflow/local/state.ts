import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { readJsonObject, writeJson } from '../../../base/files.ts';
import { liveness, type ProcessMark } from '../../../base/process.ts';

/** What the keeper of a local server says of it: `server.json` in its folder. */
export interface ServerState {
  version: 1;
  phase: 'installing' | 'starting' | 'ready' | 'failed';
  /** The process that started the server and watches it. */
  keeper: ProcessMark;
  /** The server itself, and leader of its process group. */
  server?: ProcessMark;
  port?: number;
  /** Why it failed, for people. */
  message?: string;
  remedy?: string;
  /** Milliseconds since 1970. */
  time: number;
}

const stateFile = (folder: string): string => join(folder, 'server.json');

export function readServerState(folder: string): ServerState | undefined {
  const state = readJsonObject(stateFile(folder));
  return state?.version === 1 ? (state as unknown as ServerState) : undefined;
}

export function writeServerState(folder: string, state: Omit<ServerState, 'version' | 'time'>): void {
  writeJson(stateFile(folder), { version: 1, ...state, time: Date.now() });
}

export const removeServerState = (folder: string): void => rmSync(stateFile(folder), { force: true });

/** Whether a keeper is at work on it, as far as this machine can tell. */
export const isKept = (state: ServerState | undefined): boolean =>
  state !== undefined && state.phase !== 'failed' && liveness(state.keeper) === 'alive';

export const address = (port: number): string => `http://127.0.0.1:${port}/`;
