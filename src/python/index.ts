export { watchGrowth } from './growth.ts';
export { ensureMlflow, hasMlflow, MLFLOW_REQUIREMENTS, mlflowImpossible } from './mlflow.ts';
export type { Progress } from './pip.ts';
export { runPip } from './pip.ts';
export { findPython, findUv, isAtLeast, type Python, pythonMissing } from './python.ts';
export { ensureVenv, hasVenv, type VenvOptions, venvPython } from './venv.ts';
