import { FacecomError } from '../base/errors.ts';
import { ensureMlflow, hasMlflow } from '../python/index.ts';
import {
  ALL_RUNS,
  choosePort,
  connect,
  findServer,
  localTarget,
  MlflowClient,
  pagesOf,
  readCursor,
  readServerState,
  type SessionOptions,
  type SyncRow,
  serverFolder,
  stopServer,
  syncRuns,
  targetOf,
  waitForServer,
} from '../tracking/index.ts';
import { type Reporter, silent } from './reporter.ts';
import { chooseRuns } from './sync.ts';

export interface UiOptions {
  /** Folder of the run folders; `runs` if left out. */
  runs?: string;
  /** The server's port, as it was written; 5000 or the next free one if left out. */
  port?: string;
  /** Send what was not sent. */
  sync?: boolean;
  signal?: AbortSignal;
  report?: Reporter;
  onPhase?: SessionOptions['onPhase'];
}

export interface Ui {
  /** Address of the server. */
  base: string;
  /** The page to open: the list of the runs, if all are in one experiment of MLflow's. */
  url: string;
  /** The user's own server, named by MLFLOW_TRACKING_URI; else one that runs in the background. */
  own: boolean;
  /** Process of the server in the background. */
  pid?: number;
  rows: SyncRow[];
}

/** Starts or finds the MLflow server of a folder of runs and sends it what it lacks. */
export async function openUi({ runs = 'runs', sync = true, ...options }: UiOptions = {}): Promise<Ui> {
  const runDirs = chooseRuns(runs, []);
  const { signal } = options;
  const target = targetOf();
  if (target.kind === 'server') {
    // The user's own server is where the runs are.
    const connection = connect(target.uri);
    const policy = { retries: 2, backoff: 0.5, timeout: 20 };
    const client = new MlflowClient(connection, { policy, signal });
    await client.ping();
    const rows = sync ? await syncRuns({ runs, runDirs, signal }) : [];
    return { base: connection.base, url: await pageOf(client, connection.base, runDirs), own: true, rows };
  }
  const port = await checkPort(options.port, runs);
  await install(options);
  const base = await waitForServer(runs, { port, signal, onPhase: options.onPhase });
  const rows = sync ? await syncRuns({ runs, runDirs, only: 'local', signal }) : [];
  const server = readServerState(serverFolder(runs))?.server;
  const client = new MlflowClient({ base, headers: {} }, { signal });
  const url = await pageOf(client, localTarget(runs) ?? '', runDirs);
  return { base, url, own: false, ...(server ? { pid: server.pid } : {}), rows };
}

/** Stops the local server of a folder of runs. Returns whether there was one. */
export async function stopUi(runs = 'runs'): Promise<boolean> {
  return stopServer(runs);
}

async function pageOf(client: MlflowClient, target: string, runDirs: readonly string[]): Promise<string> {
  const pages = pagesOf(client.connection.base, await client.version());
  const ids = new Set(runDirs.flatMap((dir) => readCursor(dir)?.sent[target]?.experiment ?? []));
  return ids.size === 1 ? pages.experiment([...ids][0]!, ALL_RUNS) : pages.home();
}

/** The port that was asked for, if it can be had. Throws FacecomError `port-in-use`, `mlflow-port`, `ui-port` (exit code 2). */
async function checkPort(text: string | undefined, runs: string): Promise<number | undefined> {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65535)
    throw new FacecomError('ui-port', '--port takes a number.', {
      found: text,
      expected: '1 … 65535',
      exitCode: 2,
    });
  const running = await findServer(runs);
  if (running === undefined) return choosePort(port);
  if (new URL(running).port === text) return port;
  throw new FacecomError('mlflow-port', `The MLflow server of ${runs} has another port.`, {
    found: running,
    expected: `http://127.0.0.1:${port}/`,
    remedy: 'Stop it first with `facecom ui --stop`, or leave --port out.',
    exitCode: 2,
  });
}

/** In the foreground, where one can see how far it is. */
async function install({ signal, report = silent }: UiOptions): Promise<void> {
  if (hasMlflow()) return;
  try {
    await ensureMlflow({ note: report.note, progress: report.progress, ...(signal ? { signal } : {}) });
  } finally {
    report.progress(undefined);
  }
}
