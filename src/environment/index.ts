export { formatBytes, freeBytes } from './disk.ts';
export { ensureMlflow, hasMlflow, MLFLOW_REQUIREMENTS } from './mlflow.ts';
export type { Progress } from './pip.ts';
export { findPython, findUv, type Python } from './python.ts';
export { checkTensorFlow, type TensorFlowReport } from './tensorflow/check.ts';
export { chooseKind } from './tensorflow/kind.ts';
export { type SetupOptions, type SetupResult, setupTensorFlow } from './tensorflow/setup.ts';
export { type Kind, planWheels, TENSORFLOW_VERSION, type WheelPlan } from './tensorflow/wheels.ts';
export { ensureVenv, hasVenv, type VenvOptions, venvPython } from './venv.ts';
