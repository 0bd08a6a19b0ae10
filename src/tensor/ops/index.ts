import { batchNormGradKernel, batchNormKernel } from './batch-norm.ts';
import { biasAddKernel } from './bias-add.ts';
import { conv2dFilterGradKernel, conv2dInputGradKernel, conv2dKernel } from './conv2d.ts';
import { maxPoolGradKernel, maxPoolKernel } from './max-pool.ts';
import { type OwnKernel, type OwnOp, registerKernel } from './register.ts';
import { reluGradKernel, reluKernel } from './relu.ts';

/** Every op of our own, with its gradient: one line each. */
const kernels: { readonly [N in OwnOp]: OwnKernel<N> } = {
  FacecomBatchNorm: batchNormKernel,
  FacecomBatchNormGrad: batchNormGradKernel,
  FacecomBiasAdd: biasAddKernel,
  FacecomConv2D: conv2dKernel,
  FacecomConv2DInputGrad: conv2dInputGradKernel,
  FacecomConv2DFilterGrad: conv2dFilterGradKernel,
  FacecomMaxPool: maxPoolKernel,
  FacecomMaxPoolGrad: maxPoolGradKernel,
  FacecomRelu: reluKernel,
  FacecomReluGrad: reluGradKernel,
};
for (const name of Object.keys(kernels) as OwnOp[]) registerKernel(kernels[name] as OwnKernel<typeof name>);

export { batchNorm } from './batch-norm.ts';
export { biasAdd } from './bias-add.ts';
export { conv2d } from './conv2d.ts';
export { maxPool } from './max-pool.ts';
export { relu } from './relu.ts';
