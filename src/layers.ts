/**
 * What backbones, heads and losses of plugins are built from: `import { linear, relu } from 'facecom/layers'`. Tensors are those of
 * `@tensorflow/tfjs-core`, which plugins import by that name. A network is a function that is traced: it calls ops, and has no loops over data.
 */

export { dropout, type Forward, linear, type Parameter, Parameters } from './model/index.ts';
export { batchNorm, biasAdd, conv2d, depthwiseConv2d, maxPool, relu } from './tensor/index.ts';
