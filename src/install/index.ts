export { checkTensorFlow, type TensorFlowReport } from './tensorflow/check.ts';
export { chooseKind } from './tensorflow/kind.ts';
export { listInstalls, locateTensorFlow, type TensorFlowPlace, verifyInstall } from './tensorflow/locate.ts';
export { type SetupResult, setupTensorFlow } from './tensorflow/setup.ts';
export { type Kind, planWheels } from './tensorflow/wheels.ts';
