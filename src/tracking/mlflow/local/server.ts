import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FacecomError } from '../../../base/errors.ts';
import { packageFolder } from '../../../base/folders.ts';
import { liveness, sendSignal } from '../../../base/process.ts';
import { isServedElsewhere, keeperLog, makeServerFolder, serverFolder } from './folder.ts';
import { isServerOf } from './identity.ts';
import { address, isKept, readServerState, removeServerState, type ServerState } from './state.ts';

/** The address of the local server of a folder of runs, if it answers. */
export async function findServer(runs: string, signal?: AbortSignal): Promise<string | undefined> {
  const folder = serverFolder(runs);
  const { port, phase } = readServerState(folder) ?? {};
  if (port === undefined || phase === 'failed') return undefined;
  return (await isServerOf(folder, port, signal)) ? address(port) : undefined;
}

/** Has the local server started by a process of its own that outlives this one, unless that has been done. Does not wait for it. */
export function startServer(runs: string, { port }: { port?: number } = {}): void {
  const folder = serverFolder(runs);
  makeServerFolder(folder);
  const state = readServerState(folder);
  if (isKept(state)) return;
  elsewhere(folder, state);
  const program = [join(packageFolder(), 'bin', 'facecom.mjs'), 'mlflow-server', '--folder', folder];
  const log = openSync(keeperLog(folder), 'w');
  try {
    const keeper = spawn(
      process.execPath,
      [...program, ...(port === undefined ? [] : ['--port', String(port)])],
      // Ctrl-C of this terminal is not meant for it.
      { cwd: folder, stdio: ['ignore', log, log], detached: true, windowsHide: true },
    );
    keeper.on('error', () => {});
    keeper.unref();
  } finally {
    closeSync(log);
  }
}

function elsewhere(folder: string, state: ServerState | undefined): void {
  if (!state || !isServedElsewhere(folder, state)) return;
  throw new FacecomError(
    'mlflow-elsewhere',
    `MLflow's server of these runs is on the machine ${state.keeper.host}.`,
    {
      found: `process ${state.keeper.pid} there, port ${state.port ?? 'not yet known'}`,
      remedy: 'Look at it there, or stop it there with `facecom ui --stop`.',
    },
  );
}

export interface WaitOptions {
  signal?: AbortSignal;
  port?: number;
  /** Told at each change. */
  onPhase?: (phase: ServerState['phase'] | 'none') => void;
}

/**
 * Waits until the local server answers; starts it if nobody does. Returns its address. Throws FacecomError `mlflow-server`,
 * `mlflow-elsewhere`, `mlflow-folder`, or the signal's reason.
 */
export async function waitForServer(
  runs: string,
  { signal, port, onPhase }: WaitOptions = {},
): Promise<string> {
  const folder = serverFolder(runs);
  const begun = Date.now();
  let said: string | undefined;
  let asked = 0;
  let starts = 0;
  for (;;) {
    signal?.throwIfAborted();
    const found = await findServer(runs, signal);
    if (found) return found;
    const state = readServerState(folder);
    // One of an earlier try says nothing about this one.
    if (state?.phase === 'failed' && state.time >= begun) throw failed(state);
    const phase = isKept(state) ? state!.phase : 'none';
    if (phase !== said) {
      said = phase;
      onPhase?.(phase);
    }
    if (phase === 'none' && Date.now() - asked > 15_000) {
      if (starts++ === 2) throw notKept(folder);
      asked = Date.now();
      startServer(runs, { port });
    }
    await sleep(250, undefined, { signal }).catch(() => {});
  }
}

function failed({ message, remedy }: ServerState): FacecomError {
  return new FacecomError('mlflow-server', message ?? "MLflow's local server did not start.", {
    ...(remedy === undefined ? {} : { remedy }),
  });
}

function notKept(folder: string): FacecomError {
  return new FacecomError('mlflow-server', "MLflow's local server could not be started in the background.", {
    remedy: `The log of the process that was to start it: ${keeperLog(folder)}.`,
  });
}

/** Stops the local server. False where none runs. */
export async function stopServer(runs: string): Promise<boolean> {
  const folder = serverFolder(runs);
  const state = readServerState(folder);
  if (!state) return false;
  elsewhere(folder, state);
  const kept = liveness(state.keeper) === 'alive';
  const served = state.server !== undefined && liveness(state.server) === 'alive';
  if (kept) {
    process.kill(state.keeper.pid, 'SIGTERM');
    for (let waited = 0; waited < 10_000 && liveness(state.keeper) === 'alive'; waited += 100)
      await sleep(100);
    if (liveness(state.keeper) === 'alive') process.kill(state.keeper.pid, 'SIGKILL');
  }
  // Its keeper was killed, or could not stop it.
  if (state.server && liveness(state.server) === 'alive')
    sendSignal(state.server.pid, 'SIGKILL', { group: true });
  if (state.phase !== 'failed') removeServerState(folder);
  return kept || served;
}
