import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureMlflow, findPython, findUv, hasMlflow } from '../../../src/python/index.ts';
import { keepServer } from '../../../src/tracking/mlflow/local/keeper.ts';
import { waitForServer } from '../../../src/tracking/mlflow/local/server.ts';

/** For `{ skip }`: false if MLflow is installed or can be, else why not. */
export const withoutMlflow: string | false =
  hasMlflow() || (await findUv()) || (await findPython('3.10'))?.venv
    ? false
    : 'MLflow needs Python 3.10 with venv, or uv: neither is here';

export interface TestServer {
  /** Its folder of runs. */
  runs: string;
  base: string;
  /** The python that holds MLflow's own client. */
  python: string;
  stop(): Promise<void>;
}

/** A real MLflow server over a temporary folder. */
export async function startTestServer(): Promise<TestServer> {
  const python = await ensureMlflow();
  const runs = await mkdtemp(join(tmpdir(), 'facecom-mlflow-'));
  const controller = new AbortController();
  const kept = keepServer({ folder: join(runs, '.mlflow'), signal: controller.signal });
  const base = await Promise.race([
    waitForServer(runs),
    kept.then(() => Promise.reject(new Error('The server ended before it answered.'))),
  ]);
  return {
    runs,
    base,
    python,
    stop: async () => {
      controller.abort();
      await kept;
      await rm(runs, { recursive: true, force: true });
    },
  };
}
