import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { FacecomError } from '../../../base/errors.ts';
import { withLock } from '../../../base/lock.ts';
import { markProcess, sendSignal } from '../../../base/process.ts';
import { ensureMlflow, hasMlflow } from '../../../python/index.ts';
import { artifactStore, database, lockFile, logFile, makeServerFolder } from './folder.ts';
import { isServerOf } from './identity.ts';
import { choosePort } from './port.ts';
import { removeServerState, type ServerState, writeServerState } from './state.ts';

export interface KeeperOptions {
  /** Of the server. */
  folder: string;
  port?: number;
  /** Aborted: the server is stopped. */
  signal: AbortSignal;
  /** Seconds without a request after which it stops by itself. */
  idle?: number;
}

/** Seconds without a request after which the server ends by itself. */
const IDLE = 1800;

/**
 * Installs MLflow if it is missing, starts the server and stays with it: until it is stopped, its folder is removed, or nobody has
 * asked it for half an hour. Only one keeper works on a folder; another one ends at once. Writes what it does into server.json.
 */
export async function keepServer(options: KeeperOptions): Promise<void> {
  const { folder, signal } = options;
  makeServerFolder(folder);
  const other = new AbortController();
  const waiting = AbortSignal.any([signal, other.signal]);
  try {
    await withLock(lockFile(folder), { signal: waiting, onWait: () => other.abort() }, () => keep(options));
  } catch (error) {
    if (!other.signal.aborted) throw error;
  }
}

async function keep({ folder, port: asked, signal, idle = IDLE }: KeeperOptions): Promise<void> {
  const keeper = markProcess();
  const say = (state: Omit<ServerState, 'version' | 'time' | 'keeper'>) =>
    writeServerState(folder, { keeper, ...state });
  try {
    if (!hasMlflow()) say({ phase: 'installing' });
    const python = await ensureMlflow({ signal });
    for (let attempt = 1; ; attempt++) {
      const port = await choosePort(asked);
      const server = start(python, folder, port);
      const mark = markProcess(server.pid);
      say({ phase: 'starting', server: mark, port });
      const outcome = await untilReady(server, folder, port, signal);
      if (outcome === 'ready') {
        say({ phase: 'ready', server: mark, port });
        await untilDone(server, folder, { signal, idle });
        await stop(server);
        break;
      }
      await stop(server);
      if (signal.aborted) break;
      // Another program may have taken the port in the meantime.
      if (attempt === 3 || outcome !== 'port') throw startFailed(folder, outcome);
    }
    if (existsSync(folder)) removeServerState(folder);
  } catch (error) {
    if (signal.aborted) {
      if (existsSync(folder)) removeServerState(folder);
      return;
    }
    const { message, remedy, found } = error as FacecomError;
    if (existsSync(folder))
      say({
        phase: 'failed',
        message: found ? `${message} ${found}` : message,
        ...(remedy ? { remedy } : {}),
      });
    throw error;
  }
}

/** Variables of the user's that would change the server, or have it send what it should not. */
function environment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^_?MLFLOW_|^PYTHON(HOME|PATH)$/.test(name));
  return {
    ...Object.fromEntries(own),
    // One worker and no processes for jobs: a third of the memory and of the time to start.
    MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false',
    MLFLOW_DISABLE_TELEMETRY: 'true',
    DO_NOT_TRACK: 'true',
    PYTHONNOUSERSITE: '1',
  };
}

function start(python: string, folder: string, port: number): ChildProcess {
  const log = logFile(folder);
  if (existsSync(log)) renameSync(log, `${log}.1`);
  const fd = openSync(log, 'w');
  const args = ['-m', 'mlflow', 'server', '-w', '1', '--host', '127.0.0.1', '--port', String(port)];
  const store = `sqlite:///${database(folder)}`;
  try {
    return spawn(
      python,
      [...args, '--backend-store-uri', store, '--artifacts-destination', artifactStore(folder)],
      {
        cwd: folder,
        env: environment(),
        stdio: ['ignore', fd, fd],
        // A group of its own: it is stopped with its workers.
        detached: true,
        windowsHide: true,
      },
    );
  } finally {
    closeSync(fd);
  }
}

const PATIENCE = 180; // seconds: a slow disk and uncompiled bytecode

async function untilReady(
  server: ChildProcess,
  folder: string,
  port: number,
  signal: AbortSignal,
): Promise<'ready' | 'port' | 'ended' | 'late' | 'stopped'> {
  const end = Date.now() + PATIENCE * 1000;
  let failed = false;
  server.once('error', () => {
    failed = true;
  });
  while (Date.now() < end) {
    if (signal.aborted) return 'stopped';
    if (failed || server.exitCode !== null || server.signalCode !== null)
      return /address already in use/i.test(tail(folder)) ? 'port' : 'ended';
    if (await isServerOf(folder, port)) return 'ready';
    await sleep(250, undefined, { signal }).catch(() => {});
  }
  return 'late';
}

async function untilDone(
  server: ChildProcess,
  folder: string,
  { signal, idle }: { signal: AbortSignal; idle: number },
): Promise<void> {
  for (;;) {
    if (signal.aborted || server.exitCode !== null || server.signalCode !== null) return;
    // Each request is a line of its log.
    const asked = statSync(logFile(folder), { throwIfNoEntry: false })?.mtimeMs;
    if (asked === undefined || Date.now() - asked > idle * 1000) return;
    await sleep(2000, undefined, { signal }).catch(() => {});
  }
}

/** Ends a server and its workers: asked first, then killed. */
async function stop(server: ChildProcess): Promise<void> {
  const { pid } = server;
  if (pid === undefined) return;
  const ended = () => server.exitCode !== null || server.signalCode !== null;
  if (!ended()) {
    sendSignal(pid, 'SIGTERM', { group: true });
    for (let waited = 0; waited < 5000 && !ended(); waited += 100) await sleep(100);
  }
  sendSignal(pid, 'SIGKILL', { group: true });
}

function startFailed(folder: string, outcome: string): FacecomError {
  const why = { late: `It did not answer within ${PATIENCE} seconds.`, port: 'Its port was taken.' }[outcome];
  return new FacecomError('mlflow-server', "MLflow's local server did not start.", {
    found: why ?? (lastLine(tail(folder)) || 'it ended without a word'),
    remedy: `Its log says more: ${logFile(folder)}. Then try again with \`facecom ui\`.`,
  });
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1)?.trim().slice(0, 300) ?? '';

function tail(folder: string): string {
  try {
    return readFileSync(logFile(folder), 'utf8').slice(-8192);
  } catch {
    return '';
  }
}
