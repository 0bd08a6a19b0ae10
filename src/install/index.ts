export { checkOneDnn, type OneDnnReport } from './onednn/check.ts';
export { locateOneDnn, ONEDNN_VERSION, type OneDnnPlace } from './onednn/locate.ts';
export { type OneDnnSetup, setupOneDnn } from './onednn/setup.ts';
export { planOneDnn } from './onednn/wheels.ts';
export { checkTensorFlow, type TensorFlowReport } from './tensorflow/check.ts';
export { chooseKind } from './tensorflow/kind.ts';
export { listInstalls, locateTensorFlow, type TensorFlowPlace, verifyInstall } from './tensorflow/locate.ts';
export { type SetupResult, setupTensorFlow } from './tensorflow/setup.ts';
export { type Kind, planWheels } from './tensorflow/wheels.ts';
