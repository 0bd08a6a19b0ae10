import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureMlflow, findPython, findUv, hasMlflow } from '../../../src/python/index.ts';
import { keepServer } from '../../../src/tracking/mlflow/local/keeper.ts';
import { waitForServer } from '../../../src/tracking/mlflow/local/server.ts';
import { withoutSmallDisk } from '../../support/small-disk.ts';

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
  /** Its own folder, on a disk of its own if it was asked for and can be made. */
  folder: string;
  stop(): Promise<void>;
}

/** A real MLflow server over a temporary folder; with `disk`, a size such as 64m, over a disk of its own where that can be mounted. */
export async function startTestServer({ disk }: { disk?: string } = {}): Promise<TestServer> {
  const python = await ensureMlflow();
  const runs = await mkdtemp(join(tmpdir(), 'facecom-mlflow-'));
  const folder = join(runs, '.mlflow');
  const mounted = disk !== undefined && !withoutSmallDisk;
  await mkdir(folder);
  if (mounted) execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${disk}`, 'tmpfs', folder]);
  const controller = new AbortController();
  const kept = keepServer({ folder, signal: controller.signal });
  const base = await Promise.race([
    waitForServer(runs),
    kept.then(() => Promise.reject(new Error('The server ended before it answered.'))),
  ]);
  return {
    runs,
    base,
    python,
    folder,
    stop: async () => {
      controller.abort();
      await kept;
      if (mounted) execFileSync('umount', ['-l', folder]);
      await rm(runs, { recursive: true, force: true });
    },
  };
}
