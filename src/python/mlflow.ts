import type { FacecomError } from '../base/errors.ts';
import { MLFLOW_CONSTRAINTS } from './mlflow-constraints.ts';
import { findPython, findUv, pythonMissing } from './python.ts';
import { ensureVenv, hasVenv, type VenvOptions } from './venv.ts';

const NAME = 'mlflow';
export const MLFLOW_REQUIREMENTS: readonly string[] = ['mlflow>=3.4,<4'];
const OLDEST_PYTHON = '3.10';

/** The python of the environment that holds MLflow's server, made at first use (620 MB). Throws as `ensureVenv`. */
export const ensureMlflow = (options: VenvOptions = {}): Promise<string> =>
  ensureVenv(NAME, MLFLOW_REQUIREMENTS, {
    atLeast: OLDEST_PYTHON,
    constraints: MLFLOW_CONSTRAINTS,
    ...options,
  });

/** Why its environment cannot be made on this machine; undefined if it can. */
export async function mlflowImpossible(): Promise<FacecomError | undefined> {
  if ((await findUv()) || (await findPython(OLDEST_PYTHON, { venv: true }))) return undefined;
  return pythonMissing('MLflow', OLDEST_PYTHON);
}

export const hasMlflow = (): boolean => hasVenv(NAME, MLFLOW_REQUIREMENTS);
