import * as tf from '@tensorflow/tfjs-core';
import type { OpAttribute } from '../native/binding.ts';
import { BACKEND_NAME, type KernelBackend } from '../native/kernels.ts';
import { DataType } from '../native/library.ts';

type Inputs = Record<string, tf.Tensor>;
type Attributes = Record<string, unknown>;

/** `T` of an op on activations: models compute in float32, a rewrite of the traced step may lower it. */
export const FLOAT: OpAttribute = { name: 'T', type: 4, value: DataType.FLOAT };

/** Attribute type of what our own kernels are told: TensorFlow never sees it. */
const OWN = 101;

/** A kernel that tfjs lacks: one op of TensorFlow there, and composed from tfjs ops on every other backend. */
export interface OwnKernel {
  name: string;
  native: (inputs: Inputs, attributes: Attributes, run: NativeRun) => tf.Tensor | tf.Tensor[];
  composed: (inputs: Inputs, attributes: Attributes) => tf.Tensor | tf.Tensor[];
}

/** Runs a TensorFlow op and gives its outputs. */
export type NativeRun = (
  op: string,
  attributes: OpAttribute[],
  inputs: tf.Tensor[],
  outputs: number,
) => tf.Tensor[];

const otherBackends = ['cpu', 'wasm', 'webgpu'];

export function registerKernel({ name, native, composed }: OwnKernel): void {
  tf.registerKernel({
    kernelName: name,
    backendName: BACKEND_NAME,
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { binding, executeMultipleOutputs } = backend as KernelBackend;
      const run: NativeRun = (op, attributes, list, outputs) =>
        executeMultipleOutputs.call(backend, op, attributes, list, outputs);
      if (!binding.takes(name)) return native(inputs as Inputs, (attrs ?? {}) as Attributes, run);
      const attributes = Object.entries(attrs ?? {}).map(([key, value]) => ({ name: key, type: OWN, value }));
      const found = run(name, attributes, Object.values(inputs) as tf.Tensor[], 0);
      return found.length === 1 ? found[0]! : found;
    },
  });
  for (const backendName of otherBackends) {
    tf.registerKernel({
      kernelName: name,
      backendName,
      // A composed kernel's own ops must not be recorded for differentiation a second time: tfjs runs kernels untaped.
      kernelFunc: ({ inputs, attrs }) =>
        tf.tidy(() => composed(inputs as Inputs, (attrs ?? {}) as Attributes)),
    });
  }
}

/** Runs a kernel by name, recording it for differentiation. */
export function runKernel<T extends tf.Tensor | tf.Tensor[]>(
  name: string,
  inputs: Inputs,
  attributes: Attributes = {},
): T {
  return tf
    .engine()
    .runKernel(name, inputs as unknown as tf.NamedTensorMap, attributes as tf.NamedAttrMap) as T;
}
