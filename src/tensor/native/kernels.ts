import type { backend_util } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { NodeJSKernelBackend } from '../bundled/kernels.ts';
import { bindingConstants, type OpAttribute, type TensorMetadata } from './binding.ts';
import type { SwitchBinding } from './switch-binding.ts';

/** tfjs-node's backend, as far as it is used here. */
export interface KernelBackend extends tf.KernelBackend {
  binding: SwitchBinding;
  tensorMap: tf.DataStorage<{
    shape: number[];
    dtype: number;
    id: number;
    values: backend_util.BackendValues | null;
    refCount: number;
  }>;
  executeMultipleOutputs(
    name: string,
    attributes: OpAttribute[],
    inputs: tf.TensorInfo[],
    outputs: number,
  ): tf.Tensor[];
  createOutputTensor(metadata: TensorMetadata): tf.Tensor;
  getInputTensorIds(tensors: tf.TensorInfo[]): number[];
}

export const BACKEND_NAME = 'tensorflow';

/** Puts tfjs-node's kernels, unchanged, over a binding of our own and makes them tfjs's backend. */
export function registerKernels(binding: SwitchBinding): KernelBackend {
  const full = Object.assign(binding, bindingConstants);
  const backend = new NodeJSKernelBackend(full, '@tensorflow/tfjs-node') as KernelBackend;
  tf.registerBackend(BACKEND_NAME, () => backend, 3);
  return backend;
}
