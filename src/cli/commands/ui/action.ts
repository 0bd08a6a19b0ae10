import { FacecomError } from '../../../base/errors.ts';
import { onInterrupt } from '../../../base/new-folder.ts';
import { ensureMlflow, hasMlflow } from '../../../python/index.ts';
import {
  choosePort,
  connect,
  findServer,
  localTarget,
  MlflowClient,
  readCursor,
  readServerState,
  type SyncRow,
  serverFolder,
  stopServer,
  syncRuns,
  targetOf,
  waitForServer,
} from '../../../tracking/index.ts';
import { phaseNote } from '../../terminal/mlflow-phase.ts';
import { openSetupView } from '../setup/view.ts';
import { chooseRuns, describeRows, summarise } from '../sync/action.ts';
import type { UiOptions } from './command.ts';

/** Starts or finds MLflow, sends what it lacks and prints its address; or stops it. Gives the exit code. */
export async function ui(options: UiOptions): Promise<number> {
  if (options.stop) return stop(options);
  const signal = onInterrupt();
  const say = (line: string) => {
    if (!options.quiet) process.stderr.write(`${line}\n`);
  };
  const runDirs = chooseRuns(options.runs, []);
  const target = targetOf();
  if (target.kind === 'server') {
    // The user's own server is where the runs are.
    const { base } = connect(target.uri);
    await new MlflowClient(connect(target.uri), {
      policy: { retries: 2, backoff: 0.5, timeout: 20 },
      signal,
    }).ping();
    const rows = options.sync ? await syncRuns({ runs: options.runs, runDirs, signal }) : [];
    return answer({ base }, rows, options, 'as MLFLOW_TRACKING_URI says.');
  }
  const port = await checkPort(options);
  await install(options, signal);
  const base = await waitForServer(options.runs, { port, signal, onPhase: phaseNote(say) });
  const rows = options.sync ? await syncRuns({ runs: options.runs, runDirs, only: 'local', signal }) : [];
  const stopping = options.runs === 'runs' ? 'facecom ui --stop' : `facecom ui --stop --runs ${options.runs}`;
  return answer(
    pageOf(base, runDirs, options.runs),
    rows,
    options,
    `in the background; stop it with: ${stopping}`,
  );
}

/** The list of the runs, where all are in one experiment of MLflow's. */
function pageOf(base: string, runDirs: readonly string[], runs: string): { base: string; page?: string } {
  const target = localTarget(runs);
  const ids = new Set(runDirs.flatMap((dir) => readCursor(dir)?.sent[target]?.experiment ?? []));
  return ids.size === 1 ? { base, page: `${base}#/experiments/${[...ids][0]}/runs` } : { base };
}

function answer(
  { base, page }: { base: string; page?: string },
  rows: SyncRow[],
  options: UiOptions,
  about: string,
): number {
  const url = page ?? base;
  if (options.json) {
    for (const row of rows) if (row.status === 'sent' || row.status === 'failed') print(row);
    const server = readServerState(serverFolder(options.runs))?.server;
    print({ mlflow: base, url, ...(server ? { pid: server.pid } : {}), sync: summarise(rows) });
  } else {
    if (!options.quiet && rows.length > 0) process.stderr.write(`${describeRows(rows, options)}\n`);
    process.stdout.write(`${options.quiet ? url : `MLflow: ${url}\nIt runs ${about}`}\n`);
  }
  return rows.some(({ status }) => status === 'failed') ? 1 : 0;
}

const print = (value: object): void => void process.stdout.write(`${JSON.stringify(value)}\n`);

async function stop({ runs, json, quiet }: UiOptions): Promise<number> {
  const stopped = await stopServer(runs);
  if (json) print({ stopped });
  else if (!quiet)
    process.stdout.write(stopped ? 'MLflow was stopped.\n' : `No MLflow server of ${runs} runs.\n`);
  return 0;
}

/** The port that was asked for, if it can be had. Throws FacecomError `port-in-use`, `mlflow-port`, `ui-port` (exit code 2). */
async function checkPort({ port: text, runs }: UiOptions): Promise<number | undefined> {
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
async function install({ quiet }: UiOptions, signal: AbortSignal): Promise<void> {
  if (hasMlflow()) return;
  const view = await openSetupView({ quiet });
  try {
    await ensureMlflow({ note: view.note, progress: view.progress, signal });
  } finally {
    view.close();
  }
}
