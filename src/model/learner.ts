import * as tf from '@tensorflow/tfjs-core';
import { FacecomError } from '../base/errors.ts';
import type { CompiledStep, Runtime, StepContext, StepInput, Variable } from '../tensor/index.ts';
import type { Parameter } from './layers.ts';
import { type LossOptions, lossOf } from './losses/index.ts';
import { type Network, type NetworkOptions, network } from './network.ts';
import { createOptimizer, type Optimizer, type OptimizerSpec } from './optimizers/index.ts';

export interface StateTensor {
  dtype: 'float32' | 'int32';
  shape: number[];
  data: Float32Array | Int32Array;
}

/** Pictures [size, side, side, 3] of 0 … 255 and their labels; −1: not labelled. */
export interface LabelledBatch {
  images: Uint8Array;
  gender: Int8Array;
  identity: Int32Array;
  size: number;
  /** The labels of what was mixed into each picture, in a share of 1 − lambda: its loss is that of both labels in their shares. */
  mixed?: { gender: Int8Array; identity: Int32Array; lambda: Float32Array };
}

export interface StepResult {
  loss: number;
  genderLoss: number;
  identityLoss: number;
  /** Global norm of the gradient before clipping; only with train.clip. */
  gradientNorm?: number;
}

export interface Logits {
  /** [size]; Female above 0. */
  gender: Float32Array;
  /** [size, identities]. */
  identity: Float32Array;
  /** [size, width]: what faces are matched by, of length 1 where the head has an embedding. */
  embedding?: Float32Array;
}

/** A network in training: what the training loop sees of models and tensors. */
export interface Learner {
  device: string;
  backend: string;
  precision: 'float32' | 'bfloat16';
  precisionReason: string;
  /** Number of trainable values. */
  parameters: number;
  versions: Record<string, string>;
  /** One step of the optimizer; `step` counts from 1. Throws FacecomError `oom`. */
  trainStep(batch: LabelledBatch, options: { lr: number; step: number }): Promise<StepResult>;
  evaluate(batch: { images: Uint8Array; size: number }): Promise<Logits>;
  /** Everything that training continues from: `model/…`, `optimizer/…`, `ema/…`. */
  state(): Promise<Map<string, StateTensor>>;
  load(state: Map<string, StateTensor>): Promise<void>;
  dispose(): void;
}

/** The part of an experiment that a learner reads. */
export interface LearnerOptions extends NetworkOptions {
  imageSize: number;
  loss: LossOptions;
  optimizer: OptimizerSpec;
  /** Micro-batches a step. */
  accumulation: number;
  /** Largest global norm of the gradient; 0: not clipped. */
  clip: number;
  /** Decay of the moving average of the weights that evaluation uses; 0: none. */
  ema: number;
  precisionReason: string;
  /** Batches may be mixed: each picture has a second identity with a weight of its own. */
  mixing?: boolean;
}

type Scalars = Record<string, tf.Tensor>;

export class NetworkLearner implements Learner {
  readonly device: string;
  readonly backend: string;
  readonly precision: 'float32' | 'bfloat16';
  readonly precisionReason: string;
  readonly parameters: number;
  readonly versions: Record<string, string>;
  private readonly runtime: Runtime;
  private readonly options: LearnerOptions;
  private readonly network: Network;
  private readonly trainable: Parameter[];
  private readonly optimizer: Optimizer;
  private readonly averages = new Map<Variable, Variable>();
  private readonly sums = new Map<Parameter, Variable>();
  private readonly wholeStep: CompiledStep;
  private readonly microStep: CompiledStep;
  private readonly applyStep: CompiledStep;
  private readonly evaluation: CompiledStep;

  constructor(runtime: Runtime, options: LearnerOptions) {
    this.runtime = runtime;
    this.options = options;
    this.device = runtime.device;
    this.backend = runtime.backend;
    this.precision = runtime.precision;
    this.precisionReason = options.precisionReason;
    this.versions = { [runtime.backend]: runtime.version, tfjs: tf.version_core };
    this.network = network(options);
    this.trainable = this.network.parameters.filter((parameter) => parameter.trainable);
    this.parameters = this.trainable.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
    this.optimizer = createOptimizer(options.optimizer, this.trainable);
    for (const parameter of this.trainable) {
      if (options.ema > 0) this.averages.set(parameter, { ...parameter, name: `ema/${parameter.name}` });
      if (options.accumulation > 1)
        this.sums.set(parameter, { name: `sum/${parameter.name}`, shape: parameter.shape });
    }
    this.wholeStep = runtime.compile('train', (inputs, context) => {
      const { outputs, gradients } = this.differentiate(inputs, context);
      return { ...outputs, ...this.update(context, gradients, inputs) };
    });
    this.microStep = runtime.compile('accumulate', (inputs, context) => {
      const { outputs, gradients } = this.differentiate(inputs, context);
      for (const [parameter, gradient] of gradients) context.add(this.sums.get(parameter)!, gradient);
      return outputs;
    });
    this.applyStep = runtime.compile('apply', (scalars, context) => {
      const gradients = new Map(
        this.trainable.map((parameter) => [parameter, context.read(this.sums.get(parameter)!)]),
      );
      const outputs = this.update(context, gradients, scalars);
      for (const sum of this.sums.values()) context.assign(sum, tf.zeros([...sum.shape]));
      return { ...outputs, done: scalars.learningRate! };
    });
    this.evaluation = runtime.compile('evaluate', ({ images }, context) => {
      const averaged: StepContext = Object.create(context);
      averaged.read = (variable) => context.read(this.averages.get(variable) ?? variable);
      return this.network.apply({ context: averaged, training: false }, images as tf.Tensor4D);
    });
  }

  async trainStep(batch: LabelledBatch, { lr, step }: { lr: number; step: number }): Promise<StepResult> {
    const scalars = scalarInputs(this.optimizer.scalars(step, lr));
    const weights = {
      gender: labelWeight(batch, 'gender'),
      identity: labelWeight(batch, 'identity'),
    };
    const parts = split(batch, this.options.accumulation);
    if (parts.length === 1) {
      const found = await this.wholeStep.run({ ...this.inputs(batch, weights), ...scalars }, step);
      return this.result([found], found.norm?.values[0]);
    }
    const found = [];
    for (const [index, part] of parts.entries()) {
      // Each micro-batch draws its own dropout: the stream is named by step and position.
      found.push(
        await this.microStep.run(this.inputs(part, weights), step * this.options.accumulation + index),
      );
    }
    const applied = await this.applyStep.run(scalars, step);
    return this.result(found, applied.norm?.values[0]);
  }

  async evaluate({ images, size }: { images: Uint8Array; size: number }): Promise<Logits> {
    const side = this.options.imageSize;
    const found = await this.evaluation.run({
      images: { shape: [size, side, side, 3], dtype: 'uint8', values: images },
    });
    const values = (name: string) => found[name]!.values as Float32Array;
    return { gender: values('gender'), identity: values('identity'), embedding: values('embedding') };
  }

  async state(): Promise<Map<string, StateTensor>> {
    const names = this.stateNames();
    const values = await this.runtime.values([...names.values()]);
    return new Map(
      [...names].map(([name, variable]) => [
        name,
        { dtype: 'float32', shape: [...variable.shape], data: values.get(variable)! },
      ]),
    );
  }

  async load(state: Map<string, StateTensor>): Promise<void> {
    const values = new Map<Variable, Float32Array>();
    for (const [name, variable] of this.stateNames()) {
      const tensor = state.get(name);
      if (!tensor) {
        throw new FacecomError('checkpoint-incomplete', `The checkpoint has no ${name}.`, {
          remedy: 'It belongs to another model or optimizer: check model, optimizer and train.ema.',
        });
      }
      if (tensor.shape.join() !== variable.shape.join()) {
        throw new FacecomError('variable-shape', `The checkpoint's ${name} does not fit this model.`, {
          found: `[${tensor.shape}]`,
          expected: `[${variable.shape}]`,
          remedy:
            'It belongs to another model: check model.backbone, the heads and the number of identities.',
        });
      }
      values.set(variable, Float32Array.from(tensor.data));
    }
    await this.runtime.setValues(values);
  }

  /** Traces and compiles the steps for batches of this size without running them; gives the number of ops and the time. */
  prepare(size: number) {
    const scalars = scalarInputs(this.optimizer.scalars(1, 1e-3));
    const side = this.options.imageSize;
    const images = { shape: [size, side, side, 3], dtype: 'uint8' as const };
    const column = { shape: [size], dtype: 'float32' as const };
    const labels = {
      gender: column,
      genderWeight: column,
      identity: { shape: [size], dtype: 'int32' as const },
      identityWeight: column,
      ...(this.options.mixing
        ? { otherIdentity: { shape: [size], dtype: 'int32' as const }, otherIdentityWeight: column }
        : {}),
    };
    return this.wholeStep.prepare({ images, ...labels, ...scalars });
  }

  dispose(): void {
    this.runtime.dispose();
  }

  private stateNames(): Map<string, Variable> {
    const names = new Map<string, Variable>();
    for (const parameter of this.network.parameters) names.set(`model/${parameter.name}`, parameter);
    for (const slot of this.optimizer.slots) names.set(`optimizer/${slot.name}`, slot);
    for (const average of this.averages.values()) names.set(average.name, average);
    return names;
  }

  private differentiate(inputs: Scalars, context: StepContext) {
    const { loss: options } = this.options;
    const [gender, identity] = [lossOf('gender', options), lossOf('identity', options)];
    const parts: { gender?: tf.Scalar; identity?: tf.Scalar } = {};
    const { loss, gradients } = context.gradients(() => {
      const logits = this.network.apply({ context, training: true }, inputs.images as tf.Tensor4D);
      parts.gender = tf.keep(
        gender({
          logits: logits.gender,
          labels: inputs.gender as tf.Tensor1D,
          weights: inputs.genderWeight as tf.Tensor1D,
        }),
      );
      const identityOf = (labels: tf.Tensor, weights: tf.Tensor) =>
        identity({
          logits: logits.identity,
          labels: labels as tf.Tensor1D,
          weights: weights as tf.Tensor1D,
        });
      const own = identityOf(inputs.identity!, inputs.identityWeight!);
      parts.identity = tf.keep(
        this.options.mixing
          ? tf.add(own, identityOf(inputs.otherIdentity!, inputs.otherIdentityWeight!))
          : own,
      );
      return tf.add(tf.mul(parts.gender, options.alpha), tf.mul(parts.identity, options.beta)) as tf.Scalar;
    }, this.trainable);
    return {
      outputs: { loss, genderLoss: tf.clone(parts.gender!), identityLoss: tf.clone(parts.identity!) },
      gradients: new Map(this.trainable.map((parameter, i) => [parameter, gradients[i]!])),
    };
  }

  private update(
    context: StepContext,
    gradients: Map<Parameter, tf.Tensor>,
    scalars: Scalars,
  ): Record<string, tf.Tensor> {
    let used = gradients;
    const outputs: Record<string, tf.Tensor> = {};
    if (this.options.clip > 0) {
      const norm = tf.sqrt(tf.addN([...gradients.values()].map((gradient) => tf.sum(tf.square(gradient)))));
      // As torch.nn.utils.clip_grad_norm_.
      const factor = tf.minimum(1, tf.div(this.options.clip, tf.add(norm, 1e-6)));
      used = new Map([...gradients].map(([parameter, gradient]) => [parameter, tf.mul(gradient, factor)]));
      outputs.norm = norm;
    }
    this.optimizer.apply(context, used, scalars);
    for (const [parameter, average] of this.averages)
      context.follow(average, parameter, 1 - this.options.ema);
    return outputs;
  }

  private inputs(
    batch: LabelledBatch,
    weights: { gender: number; identity: number },
  ): Record<string, StepInput> {
    const { size, mixed } = batch;
    const side = this.options.imageSize;
    const column = (values: Float32Array): StepInput => ({ shape: [size], dtype: 'float32', values });
    const classes = (labels: Int32Array): StepInput => ({
      shape: [size],
      dtype: 'int32',
      values: labels.subarray(0, size).map((label) => Math.max(0, label)),
    });
    const gender = shares(batch, 'gender');
    const identity = shares(batch, 'identity');
    // Binary cross-entropy is linear in its target: both labels in their shares are one target between them.
    const targets = gender.own.map((own, k) => {
      const other = gender.other[k]!;
      const female = (batch.gender[k]! > 0 ? own : 0) + (mixed && mixed.gender[k]! > 0 ? other : 0);
      return own + other > 0 ? female / (own + other) : 0;
    });
    return {
      images: { shape: [size, side, side, 3], dtype: 'uint8', values: batch.images },
      gender: column(targets),
      genderWeight: column(gender.own.map((own, k) => (own + gender.other[k]!) * weights.gender)),
      identity: classes(batch.identity),
      identityWeight: column(identity.own.map((share) => share * weights.identity)),
      ...(this.options.mixing
        ? {
            otherIdentity: classes(mixed?.identity ?? batch.identity),
            otherIdentityWeight: column(identity.other.map((share) => share * weights.identity)),
          }
        : {}),
    };
  }

  private result(parts: Awaited<ReturnType<CompiledStep['run']>>[], norm: number | undefined): StepResult {
    const sum = (name: string) => parts.reduce((total, part) => total + part[name]!.values[0]!, 0);
    const result: StepResult = {
      loss: sum('loss'),
      genderLoss: sum('genderLoss'),
      identityLoss: sum('identityLoss'),
    };
    if (norm !== undefined) result.gradientNorm = norm;
    return result;
  }
}

function scalarInputs(scalars: Record<string, number>): Record<string, StepInput> {
  const entries = Object.entries(scalars);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, { shape: [], dtype: 'float32', values: Float32Array.of(value) }]),
  );
}

/** What each picture counts by its own label of a task, and by that of what was mixed into it; 0 where there is none. */
function shares(
  { mixed, size, ...labels }: LabelledBatch,
  task: 'gender' | 'identity',
): { own: Float32Array; other: Float32Array } {
  const own = new Float32Array(size);
  const other = new Float32Array(size);
  for (let k = 0; k < size; k++) {
    const lambda = mixed ? mixed.lambda[k]! : 1;
    if (labels[task][k]! >= 0) own[k] = lambda;
    if (mixed && mixed[task][k]! >= 0) other[k] = 1 - lambda;
  }
  return { own, other };
}

/** What a whole label counts: the losses are means over those of the batch. */
function labelWeight(batch: LabelledBatch, task: 'gender' | 'identity'): number {
  const { own, other } = shares(batch, task);
  let labelled = 0;
  for (let k = 0; k < batch.size; k++) labelled += own[k]! + other[k]!;
  return labelled === 0 ? 0 : 1 / labelled;
}

/** Divides a batch into micro-batches of equal size, the last one smaller where it does not divide. */
function split(batch: LabelledBatch, count: number): LabelledBatch[] {
  const micro = Math.ceil(batch.size / count);
  const picture = batch.images.length / batch.size;
  const parts: LabelledBatch[] = [];
  for (let start = 0; start < batch.size; start += micro) {
    const end = Math.min(batch.size, start + micro);
    parts.push({
      images: batch.images.subarray(start * picture, end * picture),
      gender: batch.gender.subarray(start, end),
      identity: batch.identity.subarray(start, end),
      size: end - start,
      mixed: batch.mixed && {
        gender: batch.mixed.gender.subarray(start, end),
        identity: batch.mixed.identity.subarray(start, end),
        lambda: batch.mixed.lambda.subarray(start, end),
      },
    });
  }
  return parts;
}
