import { join, resolve } from 'node:path';
import type { TestContext } from 'node:test';
import { locateOneDnn } from '../../src/install/onednn/locate.ts';
import { locateTensorFlow } from '../../src/install/tensorflow/locate.ts';
import { facecom, packageDir, temporaryFolder } from './program.ts';

export const tiny = join(packageDir, 'experiments/tiny.yaml');

/** `--set` for each key, and no MLflow. */
export const sets = (...keys: string[]): string[] =>
  ['tracking.mlflow=off', ...keys].flatMap((key) => ['--set', key]);

/** A folder to work in, with a cache folder of its own that uses the installed native TensorFlow and oneDNN. */
export async function place(t: TestContext) {
  const cwd = await temporaryFolder(t);
  const env = {
    FACECOM_CACHE_DIR: join(cwd, 'cache'),
    FACECOM_TENSORFLOW_DIR: locateTensorFlow()?.dir ?? '',
    FACECOM_ONEDNN_DIR: locateOneDnn()?.dir ?? '',
  };
  return { cwd, env, facecom: (...args: string[]) => facecom(args, { cwd, env }) };
}

/** The tiny experiment, trained in `runs/` of a folder to work in. Returns what `run` says at its end. */
export async function trainedTiny(t: TestContext, ...set: string[]) {
  const there = await place(t);
  const { exitCode, stderr, json } = await there.facecom('run', tiny, '--json', ...sets(...set));
  if (exitCode !== 0) throw new Error(`The run failed: ${stderr}`);
  const run = json.at(-1) as { run: string; dir: string; metrics: Record<string, number> };
  return { ...there, run: { ...run, dir: resolve(there.cwd, run.dir) } };
}
