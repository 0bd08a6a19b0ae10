import { createRequire } from 'node:module';
import util from 'node:util';
import type { backend_util } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
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

/**
 * Registers tfjs-node's kernels, unchanged, over a binding of our own and makes them tfjs's backend.
 *
 * The kernels' package is loaded file by file: its index would look for a compiled addon.
 */
export function registerKernels(binding: SwitchBinding): KernelBackend {
  const require = createRequire(import.meta.url);
  // Gone from Node 23 on; the kernels still call them.
  const old = util as unknown as Record<string, unknown>;
  old.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  old.isArray ??= Array.isArray;
  require('@tensorflow/tfjs-node/dist/register_all_kernels');
  const { NodeJSKernelBackend } = require('@tensorflow/tfjs-node/dist/nodejs_kernel_backend');
  const full = Object.assign(binding, bindingConstants);
  const backend = new NodeJSKernelBackend(full, '@tensorflow/tfjs-node') as KernelBackend;
  tf.registerBackend(BACKEND_NAME, () => backend, 3);
  return backend;
}
