export { batchNorm } from './batch-norm.ts';
export { biasAdd } from './bias-add.ts';
export { conv2d } from './conv2d.ts';
export { depthwiseConv2d } from './depthwise-conv2d.ts';
export { maxPool } from './max-pool.ts';
export { relu } from './relu.ts';
export { stopGradient, withoutGradient } from './stop-gradient.ts';
