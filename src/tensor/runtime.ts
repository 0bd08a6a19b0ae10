import type * as tf from '@tensorflow/tfjs-core';
import type { GraphFormat } from './export/index.ts';

export type BackendName = 'onednn' | 'tensorflow' | 'wasm' | 'webgpu' | 'cpu';

/** A named array that outlives a step: a weight, a moving average, an optimizer's slot. One set serves every compiled step. */
export interface Variable {
  readonly name: string;
  readonly shape: readonly number[];
  /** Values before the first step, float32, in `into` if it is there and they can be written there; undefined: zeros. */
  readonly initial?: (into?: Float32Array) => Float32Array;
}

/** An array that a step is run on. `uint8` arrives as float32, 0 … 255. */
export interface StepInput {
  shape: readonly number[];
  dtype: 'float32' | 'int32' | 'uint8';
  values: Float32Array | Int32Array | Uint8Array;
}

export interface Adam {
  /** Learning rate; scalar tensor. */
  learningRate: tf.Tensor;
  /** beta1 and beta2 to the power of the step; scalar tensors. */
  beta1Power: tf.Tensor;
  beta2Power: tf.Tensor;
  beta1: number;
  beta2: number;
  /** Added to the uncorrected root of the second moment ("epsilon hat" of Kingma and Ba, 2015); scalar tensor. */
  epsilon: tf.Tensor;
}

export interface Momentum {
  learningRate: tf.Tensor;
  momentum: number;
  nesterov: boolean;
}

/** What a traced function can do besides computing: read and change variables, draw numbers, differentiate. */
export interface StepContext {
  /** The variable's value as it was when the step began. */
  read(variable: Variable): tf.Tensor;
  /** Sets the variable when the step has computed everything else. */
  assign(variable: Variable, value: tf.Tensor): void;
  /** variable ← variable + value. */
  add(variable: Variable, value: tf.Tensor): void;
  /** average ← average + rate × (the new value of `of` − average), after `of` was changed by this step. */
  follow(average: Variable, of: Variable, rate: number): void;
  /** Adam's update of one variable (Kingma and Ba, 2015), with its moments `m` and `v`. */
  adam(variable: Variable, m: Variable, v: Variable, gradient: tf.Tensor, options: Adam): void;
  /** Gradient descent with momentum (as torch.optim.SGD: the learning rate is applied outside of the buffer). */
  momentum(variable: Variable, buffer: Variable, gradient: tf.Tensor, options: Momentum): void;
  /** variable ← variable − rate × variable, before an optimizer of the same step changes it. */
  decay(variable: Variable, rate: tf.Tensor): void;
  /** Computes what `work` records on a device of the runtime, by its number; left out: there is one device. */
  onDevice?<T>(device: number, work: () => T): T;
  /** Uniform in [0, 1), drawn from the stream (seed of the run, step, name): the same step draws the same numbers. */
  uniform(shape: number[], name: string): tf.Tensor;
  /**
   * The value of `loss` and its gradients. Throws FacecomError `no-gradient`, naming the op and the source line, where an op
   * between them has none.
   */
  gradients(
    loss: () => tf.Scalar,
    variables: readonly Variable[],
  ): { loss: tf.Scalar; gradients: tf.Tensor[] };
  /**
   * Several losses of one forward pass, each with its gradients with respect to variables of its own: `targets` chooses them by what
   * the pass gives. Throws as `gradients`.
   */
  gradientsOfEach<T>(
    pass: () => T,
    targets: (found: T) => Array<{ loss: tf.Scalar; variables: readonly Variable[] }>,
  ): { found: T; gradients: tf.Tensor[][] };
}

export type StepFunction = (
  inputs: Record<string, tf.Tensor>,
  context: StepContext,
) => Record<string, tf.Tensor>;

export type StepOutput = { shape: number[]; values: Float32Array | Int32Array | Uint8Array };

/** A function over tensors, compiled once per shape of its inputs where the backend compiles, else executed op by op. */
export interface CompiledStep {
  readonly name: string;
  /** Runs off the event loop where the backend does. `step` seeds `context.uniform`. */
  run(inputs: Record<string, StepInput>, step?: number): Promise<Record<string, StepOutput>>;
  /** Compiles for these shapes without running. Returns the number of ops before and after lowering, and the time, ms. */
  prepare(inputs: Record<string, Omit<StepInput, 'values'>>): CompileReport;
  /** The step as a model of ONNX or TensorFlow for inputs of these shapes, with the variables' values; only where the backend compiles. */
  toGraph?(
    format: GraphFormat,
    inputs: Record<string, Omit<StepInput, 'values'>>,
    metadata: Readonly<Record<string, string>>,
  ): Promise<Uint8Array>;
}

export interface CompileReport {
  traced: number;
  lowered: number;
  milliseconds: number;
  /** How each op is computed; of the engine oneDNN. */
  program?: () => ProgramLine[];
}

/** Instructions of one kind. */
export interface ProgramLine {
  /** Such as `convolution` or `Select`. */
  what: string;
  /** oneDNN's implementation, such as `brgconv:avx512_core_amx`; `JavaScript` where it has none, or arrays are small. */
  by: string;
  count: number;
  /** The most values that one of them writes. */
  values: number;
  /** Where in the source the largest of them was called. */
  at?: string;
}

/** A backend that is open: the one object through which models compute. */
export interface Runtime {
  readonly backend: BackendName;
  /** Such as `cpu` or `gpu:0`. */
  readonly device: string;
  readonly version: string;
  /** Whether steps are compiled. */
  readonly compiled: boolean;
  readonly precision: 'float32' | 'bfloat16';
  compile(name: string, fn: StepFunction): CompiledStep;
  /** Current values, copied out; the initial ones of variables that were not changed. */
  values(variables: readonly Variable[]): Promise<Map<Variable, Float32Array>>;
  /** Sets variables. Throws FacecomError `variable-shape` where a length differs. */
  setValues(values: ReadonlyMap<Variable, Float32Array>): Promise<void>;
  /** Frees everything that was made through this runtime. */
  dispose(): void;
}

export interface RuntimeOptions {
  /** `auto`: native TensorFlow where it is installed, else wasm. */
  backend: 'auto' | BackendName;
  /** `auto`, `cpu` or `gpu:<index>`. */
  device: string;
  precision: 'float32' | 'bfloat16';
  /** Seed of the random streams within steps. */
  seed: number;
  /** Threads within an op; 0: one a core. */
  threads: number;
  /**
   * Variables keep the values that they have when a step first reads them, in this process: the native library then lays filters
   * out for its kernels once in place of at every run.
   */
  frozen?: boolean;
  /** Devices of one kind that steps may use (native TensorFlow): GPUs, or CPUs that share the machine's cores. 1 if left out. */
  replicas?: number;
  /** Activations that are cheap to compute again are not kept for the backward pass, where the backend can. */
  lean?: boolean;
}
