export { formatBytes, freeBytes } from '../base/disk.ts';
export { ensureMlflow, hasMlflow, MLFLOW_REQUIREMENTS } from './mlflow.ts';
export type { Progress } from './pip.ts';
export { findPython, findUv, type Python } from './python.ts';
export { checkTensorFlow, type TensorFlowReport } from '../install/tensorflow/check.ts';
export { chooseKind } from '../install/tensorflow/kind.ts';
export { type SetupOptions, type SetupResult, setupTensorFlow } from '../install/tensorflow/setup.ts';
export { type Kind, planWheels, TENSORFLOW_VERSION, type WheelPlan } from '../install/tensorflow/wheels.ts';
export { ensureVenv, hasVenv, type VenvOptions, venvPython } from './venv.ts';
