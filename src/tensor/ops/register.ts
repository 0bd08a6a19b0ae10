import * as tf from '@tensorflow/tfjs-core';
import { typeAttribute } from '../native/attributes.ts';
import type { OpAttribute } from '../native/binding.ts';
import { BACKEND_NAME, type KernelBackend } from '../native/kernels.ts';
import { DataType } from '../native/library.ts';

type Inputs = Record<string, tf.Tensor>;
type Attributes = Record<string, unknown>;

/** `T` of an op on activations: models compute in float32, a rewrite of the traced step may lower it. */
export const FLOAT: OpAttribute = typeAttribute('T', DataType.FLOAT);

interface Convolved {
  stride: number;
  padding: number;
}

interface Pooled extends Convolved {
  window: number;
}

/** The ops that tfjs lacks, and what each is told besides its inputs. */
export interface OwnOps {
  FacecomBatchNorm: { epsilon: number };
  FacecomBatchNormGrad: { epsilon: number };
  FacecomBiasAdd: object;
  FacecomConv2D: Convolved;
  /** `shape`: of what the gradient is of. */
  FacecomConv2DInputGrad: Convolved & { shape: number[] };
  FacecomConv2DFilterGrad: Convolved & { shape: number[] };
  FacecomDepthwiseConv2D: Convolved;
  FacecomDepthwiseConv2DInputGrad: Convolved & { shape: number[] };
  FacecomDepthwiseConv2DFilterGrad: Convolved & { shape: number[] };
  FacecomMaxPool: Pooled;
  FacecomMaxPoolGrad: Pooled;
  FacecomRelu: object;
  FacecomReluGrad: object;
}

export type OwnOp = keyof OwnOps;

/** Attribute type of what our own kernels are told: TensorFlow never sees it. */
const OWN = 101;

/** A kernel that tfjs lacks: one op of TensorFlow there, and composed from tfjs ops on every other backend. */
export interface OwnKernel<N extends OwnOp> {
  name: N;
  native: (inputs: Inputs, attributes: OwnOps[N], run: NativeRun) => tf.Tensor | tf.Tensor[];
  composed: (inputs: Inputs, attributes: OwnOps[N]) => tf.Tensor | tf.Tensor[];
  /** `none`: it is a gradient itself, of which none is asked for. */
  gradient: Gradient<N> | 'none';
}

interface Gradient<N extends OwnOp> extends Pick<tf.GradConfig, 'inputsToSave' | 'outputsToSave'> {
  gradFunc: (
    dy: tf.Tensor | tf.Tensor[],
    saved: tf.Tensor[],
    attributes: OwnOps[N],
  ) => Record<string, () => tf.Tensor>;
}

/** Runs a TensorFlow op and gives its outputs. */
export type NativeRun = (
  op: string,
  attributes: OpAttribute[],
  inputs: tf.Tensor[],
  outputs: number,
) => tf.Tensor[];

const otherBackends = ['cpu', 'wasm', 'webgpu'];

function registerKernel<N extends OwnOp>({ name, native, composed, gradient }: OwnKernel<N>): void {
  if (gradient !== 'none') tf.registerGradient({ kernelName: name, ...gradient } as unknown as tf.GradConfig);
  tf.registerKernel({
    kernelName: name,
    backendName: BACKEND_NAME,
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { binding, executeMultipleOutputs } = backend as KernelBackend;
      const run: NativeRun = (op, attributes, list, outputs) =>
        executeMultipleOutputs.call(backend, op, attributes, list, outputs);
      if (!binding.takes(name)) return native(inputs as Inputs, (attrs ?? {}) as unknown as OwnOps[N], run);
      const attributes = Object.entries(attrs ?? {}).map(([key, value]) => ({ name: key, type: OWN, value }));
      const found = run(name, attributes as OpAttribute[], Object.values(inputs) as tf.Tensor[], 0);
      return found.length === 1 ? found[0]! : found;
    },
  });
  for (const backendName of otherBackends) {
    tf.registerKernel({
      kernelName: name,
      backendName,
      // A composed kernel's own ops must not be recorded for differentiation a second time: tfjs runs kernels untaped.
      kernelFunc: ({ inputs, attrs }) =>
        tf.tidy(() => composed(inputs as Inputs, (attrs ?? {}) as unknown as OwnOps[N])),
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

const registered = new Set<OwnOp>();

/** Runs an op of our own, recording it for differentiation. */
export function runOwn<N extends OwnOp>(
  kernel: OwnKernel<N>,
  inputs: Inputs,
  attributes: OwnOps[N],
): tf.Tensor | tf.Tensor[] {
  if (!registered.has(kernel.name)) {
    registered.add(kernel.name);
    registerKernel(kernel);
  }
  return runKernel(kernel.name, inputs, attributes as Attributes);
}
