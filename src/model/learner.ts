import * as tf from '@tensorflow/tfjs-core';
import { FacecomError } from '../base/errors.ts';
import type { CompiledStep, Runtime, StepContext, StepInput, Variable } from '../tensor/index.ts';
import { projected } from './balance/pcgrad.ts';
import { type LabelledBatch, type Labels, labelInputs, splitBatch, type TaskWeights } from './batch.ts';
import type { ModelConfig } from './config.ts';
import type { Parameter } from './layers.ts';
import { genderLoss } from './losses/gender.ts';
import { pluginLoss } from './losses/plugin.ts';
import { type Network, network } from './network.ts';
import { createOptimizer, type Optimizer, type Treatment } from './optimizers/index.ts';
import { learns, type Phase, rateOf } from './phase.ts';
import { imagenet, type Preprocess } from './preprocess.ts';

export type { LabelledBatch } from './batch.ts';

export interface StateTensor {
  dtype: 'float32' | 'int32';
  shape: number[];
  data: Float32Array | Int32Array;
}

export interface StepResult {
  loss: number;
  genderLoss: number;
  identityLoss: number;
  /** Global norm of the gradient before clipping; only with train.clip. */
  gradientNorm?: number;
  /** Labelled images that were classified rightly, as the step saw them: augmented, with dropout. */
  right?: { gender: number; identity: number };
  /** What the losses were multiplied by. */
  weights?: TaskWeights;
  /** Lengths of the two losses' gradients at the last layer that both share; only with loss.balance: gradnorm. */
  norms?: TaskWeights;
}

export interface Logits {
  /** [size]; Female above 0. */
  gender: Float32Array;
  /** [size, identities]. */
  identity: Float32Array;
  /** [size, width]: what faces are matched by, of length 1 where the head has an embedding. */
  embedding?: Float32Array;
}

export interface StepOptions {
  lr: number;
  /** Counts from 1. */
  step: number;
  /** Epochs that are done, with the part of the one under way: the warm-up of a margin. */
  epoch?: number;
  /** What the losses are multiplied by; alpha and beta where left out. */
  weights?: TaskWeights;
}

/** A network in training: what the training loop sees of models and tensors. */
export interface Learner {
  device: string;
  backend: string;
  precision: 'float32' | 'bfloat16';
  precisionReason: string;
  /** Why it computes with another backend than `auto` would have taken first. */
  backendNote?: string;
  /** Number of values that learn. */
  parameters: number;
  versions: Record<string, string>;
  /** How pixels become the network's input. */
  preprocess?: Preprocess;
  /** What was done with model.weights: lines for people. */
  notes?: readonly string[];
  /** One step of the optimizer. Throws FacecomError `oom`. */
  trainStep(batch: LabelledBatch, options: StepOptions): Promise<StepResult>;
  evaluate(batch: { images: Uint8Array; size: number }): Promise<Logits>;
  /** Chooses what learns from here on. `fresh`: the phase begins here, the optimizer's state with it. */
  startPhase?(phase: Phase, fresh: boolean): Promise<void>;
  /** Counts the weights as they are now as the `count`-th of those that are averaged: evaluation uses their mean. */
  average?(count: number): Promise<void>;
  /** The network in evaluation as an ONNX model for batches of this size: images → gender, identity, embedding. */
  toOnnx?(size: number, metadata: Readonly<Record<string, string>>): Promise<Uint8Array>;
  /** Everything that training continues from: `model/…`, `optimizer/…`, `ema/…`. */
  state(): Promise<Map<string, StateTensor>>;
  /** `weightsAlone`: what the optimizer remembers may be missing, and starts anew. */
  load(state: Map<string, StateTensor>, options?: { weightsAlone?: boolean }): Promise<void>;
  dispose(): void;
}

/** The part of an experiment that a learner reads. */
export interface LearnerOptions extends Pick<ModelConfig, 'model' | 'loss' | 'optimizer'> {
  imageSize: number;
  identities: number;
  seed: number;
  preprocess?: Preprocess;
  /** Values to start from, by parameter; drawn where left out. */
  weights?: ReadonlyMap<string, Float32Array>;
  /** What an image of each class counts; alike where left out. */
  classWeights?: Labels;
  /** Micro-batches a step. */
  accumulation: number;
  /** Largest global norm of the gradient; 0: not clipped. */
  clip: number;
  /** Decay of the moving average of the weights that evaluation uses; 0: none. */
  ema: number;
  /** The weights are averaged by epoch, and evaluation uses the mean. */
  swa?: boolean;
  precisionReason: string;
  backendNote?: string;
  notes?: readonly string[];
  /** Batches may be mixed: each image has a second identity with a weight of its own. */
  mixing?: boolean;
}

type Tensors = Record<string, tf.Tensor>;

/** The steps of one phase. */
interface Steps {
  whole: CompiledStep;
  micro: CompiledStep;
  apply: CompiledStep;
}

export class NetworkLearner implements Learner {
  readonly device: string;
  readonly backend: string;
  readonly precision: 'float32' | 'bfloat16';
  readonly precisionReason: string;
  readonly backendNote?: string;
  readonly parameters: number;
  readonly versions: Record<string, string>;
  readonly preprocess: Preprocess;
  readonly notes: readonly string[];
  private readonly runtime: Runtime;
  private readonly options: LearnerOptions;
  private readonly network: Network;
  /** All that ever learns. */
  private readonly trainable: Parameter[];
  private readonly optimizer: Optimizer;
  private readonly averages = new Map<Variable, Variable>();
  private readonly sums = new Map<Parameter, Variable>();
  private readonly evaluation: CompiledStep;
  private readonly phases = new Map<string, Steps>();
  private phase: Phase = { firstStep: 1 };
  private steps: Steps;

  constructor(runtime: Runtime, options: LearnerOptions) {
    this.runtime = runtime;
    this.options = options;
    this.device = runtime.device;
    this.backend = runtime.backend;
    this.precision = runtime.precision;
    this.precisionReason = options.precisionReason;
    if (options.backendNote !== undefined) this.backendNote = options.backendNote;
    this.versions = { [runtime.backend]: runtime.version, tfjs: tf.version_core };
    this.preprocess = options.preprocess ?? imagenet;
    this.notes = options.notes ?? [];
    this.network = withValues(network(options), options.weights);
    this.trainable = this.network.parameters.filter((parameter) =>
      learns(parameter, options.model.freeze, {}),
    );
    this.parameters = this.trainable.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
    this.optimizer = createOptimizer(options.optimizer, this.trainable);
    // Statistics of normalisations are averaged with the weights that made them, where these change from epoch to epoch.
    const averaged = options.swa ? this.network.parameters : options.ema > 0 ? this.trainable : [];
    for (const parameter of averaged)
      this.averages.set(parameter, { ...parameter, name: `ema/${parameter.name}` });
    if (options.accumulation > 1)
      for (const parameter of this.trainable)
        this.sums.set(parameter, { name: `sum/${parameter.name}`, shape: parameter.shape });
    this.steps = this.stepsOf(this.phase);
    this.evaluation = runtime.compile('evaluate', ({ images }, context) => {
      const averaged: StepContext = Object.create(context);
      averaged.read = (variable) => context.read(this.averages.get(variable) ?? variable);
      const { gender, logits, embedding } = this.network.apply(
        { context: averaged, training: false },
        images as tf.Tensor4D,
      );
      return { gender, identity: logits, embedding };
    });
  }

  async trainStep(batch: LabelledBatch, options: StepOptions): Promise<StepResult> {
    const { lr, step, epoch = Number.POSITIVE_INFINITY } = options;
    const { loss, model, accumulation, classWeights } = this.options;
    const weights = options.weights ?? { gender: loss.alpha, identity: loss.beta };
    const warmup = model.heads.identity.margin_warmup;
    const scalars = scalarInputs(this.optimizer.scalars(step - this.phase.firstStep + 1, lr));
    const shared = scalarInputs({
      alpha: weights.gender,
      beta: weights.identity,
      warmth: warmup > 0 ? Math.min(1, epoch / warmup) : 1,
    });
    const labels = labelInputs(batch, {
      smoothing: loss.gender.smoothing,
      classWeights,
      mixing: this.options.mixing,
    });
    const parts = splitBatch(batch, labels, accumulation);
    const inputs = (part: (typeof parts)[number]) => ({ ...this.pictures(part), ...part.labels, ...shared });
    if (parts.length === 1) {
      const found = await this.steps.whole.run({ ...inputs(parts[0]!), ...scalars }, step);
      return this.result(parts, [found], found.norm?.values[0], weights);
    }
    const found = [];
    for (const [index, part] of parts.entries()) {
      // Each micro-batch draws its own dropout: the stream is named by step and position.
      found.push(await this.steps.micro.run(inputs(part), step * accumulation + index));
    }
    const applied = await this.steps.apply.run(scalars, step);
    return this.result(parts, found, applied.norm?.values[0], weights);
  }

  async evaluate(batch: { images: Uint8Array; size: number }): Promise<Logits> {
    const found = await this.evaluation.run(this.pictures(batch));
    const values = (name: string) => found[name]!.values as Float32Array;
    return { gender: values('gender'), identity: values('identity'), embedding: values('embedding') };
  }

  async toOnnx(size: number, metadata: Readonly<Record<string, string>>): Promise<Uint8Array> {
    const side = this.options.imageSize;
    const inputs = { images: { shape: [size, side, side, 3], dtype: 'uint8' as const } };
    const model = await this.evaluation.toOnnx?.(inputs, metadata);
    if (model) return model;
    throw new FacecomError('export-backend', `The backend ${this.backend} does not export ONNX.`, {
      expected: 'native TensorFlow, which traces the network',
      remedy: 'Run `facecom setup`, or export as safetensors.',
      exitCode: 2,
    });
  }

  async startPhase(phase: Phase, fresh: boolean): Promise<void> {
    this.phase = phase;
    this.steps = this.stepsOf(phase);
    if (!fresh || phase.firstStep === 1) return;
    await this.runtime.setValues(new Map(this.optimizer.slots.map((slot) => [slot, zeros(slot)])));
  }

  async average(count: number): Promise<void> {
    const parameters = [...this.averages.keys()];
    const averages = [...this.averages.values()];
    const now = await this.runtime.values(parameters);
    const before = await this.runtime.values(averages);
    const next = new Map<Variable, Float32Array>();
    for (const [parameter, average] of this.averages) {
      const old = before.get(average)!;
      const value = now.get(parameter)!;
      next.set(
        average,
        old.map((mean, i) => mean + (value[i]! - mean) / count),
      );
    }
    await this.runtime.setValues(next);
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

  async load(state: Map<string, StateTensor>, { weightsAlone = false } = {}): Promise<void> {
    const values = new Map<Variable, Float32Array>();
    for (const [name, variable] of this.stateNames()) {
      const tensor = state.get(name);
      if (!tensor) {
        if (weightsAlone && name.startsWith('optimizer/')) continue;
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

  /**
   * Traces and compiles the training step for batches of this size without running it, and that of evaluation where asked to;
   * returns the number of ops of the training step and the time.
   */
  prepare(size: number, { evaluates = false } = {}) {
    const scalars = scalarInputs({
      ...this.optimizer.scalars(1, 1e-3),
      ...{ alpha: 1, beta: 1, warmth: 1 },
    });
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
    if (evaluates) this.evaluation.prepare({ images });
    return this.steps.whole.prepare({ images, ...labels, ...scalars });
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

  /** The steps of a phase, compiled when they first run; of equal phases they are the same. */
  private stepsOf(phase: Phase): Steps {
    const key = JSON.stringify([phase.train, phase.rates]);
    const known = this.phases.get(key);
    if (known) return known;
    const { model, optimizer } = this.options;
    const learning = this.trainable.filter((parameter) => learns(parameter, model.freeze, phase));
    if (learning.length === 0)
      throw new FacecomError('model-frozen', 'Nothing of the model learns.', {
        found: `model.freeze ${JSON.stringify(model.freeze)}${phase.train ? `, train ${JSON.stringify(phase.train)}` : ''}`,
        expected: 'a parameter that is not frozen',
        remedy: 'Freeze less, or let the phase train more.',
        exitCode: 2,
      });
    const treatment: Treatment = {
      rate: (parameter) =>
        rateOf(parameter, {
          rates: phase.rates ?? optimizer.rates,
          layerDecay: optimizer.layer_decay,
          depth: this.network.depth,
        }),
      decays: ({ small }) => optimizer.decay_small || !small,
    };
    const compile = this.runtime.compile.bind(this.runtime);
    const steps: Steps = {
      whole: compile('train', (inputs, context) => {
        const { outputs, gradients } = this.differentiate(inputs, context, learning);
        return { ...outputs, ...this.update(context, gradients, inputs, treatment) };
      }),
      micro: compile('accumulate', (inputs, context) => {
        const { outputs, gradients } = this.differentiate(inputs, context, learning);
        for (const [parameter, gradient] of gradients) context.add(this.sums.get(parameter)!, gradient);
        return outputs;
      }),
      apply: compile('apply', (scalars, context) => {
        const gradients = new Map(
          learning.map((parameter) => [parameter, context.read(this.sums.get(parameter)!)]),
        );
        const outputs = this.update(context, gradients, scalars, treatment);
        for (const parameter of learning) {
          const sum = this.sums.get(parameter)!;
          context.assign(sum, tf.zeros([...sum.shape]));
        }
        // TensorFlow refuses to give back what it was fed.
        return { ...outputs, done: tf.add(scalars.learningRate!, 0) };
      }),
    };
    this.phases.set(key, steps);
    return steps;
  }

  private differentiate(inputs: Tensors, context: StepContext, learning: readonly Parameter[]) {
    const { balance } = this.options.loss;
    if (balance === 'pcgrad' || balance === 'gradnorm')
      return this.differentiateEach(inputs, context, learning);
    const kept: Tensors = {};
    const { loss, gradients } = context.gradients(() => {
      const { total, ...found } = this.losses(inputs, context, learning);
      for (const [name, value] of Object.entries(found)) kept[name] = tf.keep(value);
      return total;
    }, learning);
    const outputs: Tensors = { loss };
    for (const [name, value] of Object.entries(kept)) {
      outputs[name] = tf.clone(value);
      value.dispose();
    }
    return { outputs, gradients: byParameter(learning, gradients) };
  }

  /** Of either loss by itself: as its weight says, or for the lengths of its gradients. */
  private differentiateEach(inputs: Tensors, context: StepContext, learning: readonly Parameter[]) {
    const shared = learning.filter(({ depth, shape }) => depth < this.network.depth && shape.length > 1);
    const last = shared.slice(-1);
    const projects = this.options.loss.balance === 'pcgrad';
    const { found, gradients } = context.gradientsOfEach(
      () => {
        const found = this.losses(inputs, context, learning);
        const gender = tf.mul(found.genderLoss, inputs.alpha!) as tf.Scalar;
        const identity = tf.mul(found.identityLoss, inputs.beta!) as tf.Scalar;
        return { ...found, gender, identity };
      },
      ({ gender, identity, genderLoss, identityLoss, total }) =>
        projects
          ? [
              { loss: gender, variables: learning },
              { loss: identity, variables: learning },
            ]
          : [
              { loss: total, variables: learning },
              // Where the backbone is frozen, the tasks share nothing that learns.
              ...(last.length > 0
                ? [
                    { loss: genderLoss, variables: last },
                    { loss: identityLoss, variables: last },
                  ]
                : []),
            ],
    );
    const { gender: _, identity: __, total, ...rest } = found;
    const outputs: Tensors = { ...rest, loss: total };
    const [a, b, c] = gradients as [tf.Tensor[], tf.Tensor[], tf.Tensor[]];
    if (projects) return { outputs, gradients: byParameter(learning, projected(a, b)) };
    if (last.length > 0) {
      outputs.genderNorm = tf.sqrt(tf.sum(tf.square(b[0]!)));
      outputs.identityNorm = tf.sqrt(tf.sum(tf.square(c[0]!)));
    }
    return { outputs, gradients: byParameter(learning, a) };
  }

  /** The two losses, what they add up to, and the logits behind them. */
  private losses(inputs: Tensors, context: StepContext, learning: readonly Parameter[]) {
    const set = new Set(learning);
    const forward = {
      context,
      training: true,
      frozen: (parameter: Parameter) => !set.has(parameter),
    };
    const output = this.network.apply(forward, inputs.images as tf.Tensor4D);
    const [labels, weights] = [inputs.gender as tf.Tensor1D, inputs.genderWeight as tf.Tensor1D];
    const own = pluginLoss('gender', this.options.loss);
    const genderPart = own
      ? own({ logits: output.gender, labels, weights })
      : genderLoss(output.gender, labels, weights, this.options.loss.gender.focal);
    const identityPart = this.network.identity.loss(forward, output, {
      labels: inputs.identity as tf.Tensor1D,
      weights: inputs.identityWeight as tf.Tensor1D,
      warmth: inputs.warmth as tf.Scalar,
      ...(this.options.mixing
        ? {
            other: {
              labels: inputs.otherIdentity as tf.Tensor1D,
              weights: inputs.otherIdentityWeight as tf.Tensor1D,
            },
          }
        : {}),
    });
    const found = {
      genderLoss: genderPart,
      identityLoss: identityPart,
      genderLogits: output.gender,
      identityLogits: output.logits,
    };
    const { variances } = this.network;
    if (!variances) {
      const total = tf.add(
        tf.mul(genderPart, inputs.alpha!),
        tf.mul(identityPart, inputs.beta!),
      ) as tf.Scalar;
      return { ...found, total };
    }
    // exp(−s) · loss + s / 2 (Kendall et al., 2018); the share of a micro-batch keeps the sum over them that of the batch.
    const weigh = (loss: tf.Scalar, variance: Parameter, share: tf.Tensor) => {
      const logarithm = tf.reshape(context.read(variance), []);
      const weight = tf.exp(tf.neg(logarithm));
      return {
        weight,
        value: tf.add(tf.mul(loss, weight), tf.mul(tf.mul(logarithm, 0.5), tf.sum(share))),
      };
    };
    const gender = weigh(genderPart, variances.gender, inputs.genderWeight!);
    const identity = weigh(identityPart, variances.identity, inputs.identityWeight!);
    return {
      ...found,
      genderInEffect: gender.weight,
      identityInEffect: identity.weight,
      total: tf.add(gender.value, identity.value) as tf.Scalar,
    };
  }

  private update(
    context: StepContext,
    gradients: ReadonlyMap<Parameter, tf.Tensor>,
    scalars: Tensors,
    treatment: Treatment,
  ): Tensors {
    let used = gradients;
    const outputs: Tensors = {};
    if (this.options.clip > 0) {
      const norm = tf.sqrt(tf.addN([...gradients.values()].map((gradient) => tf.sum(tf.square(gradient)))));
      // As torch.nn.utils.clip_grad_norm_.
      const factor = tf.minimum(1, tf.div(this.options.clip, tf.add(norm, 1e-6)));
      used = new Map([...gradients].map(([parameter, gradient]) => [parameter, tf.mul(gradient, factor)]));
      outputs.norm = norm;
    }
    this.optimizer.apply(context, used, scalars, treatment);
    if (this.options.ema > 0)
      for (const [parameter, average] of this.averages)
        context.follow(average, parameter, 1 - this.options.ema);
    return outputs;
  }

  private pictures({ images, size }: { images: Uint8Array; size: number }): Record<string, StepInput> {
    const side = this.options.imageSize;
    return { images: { shape: [size, side, side, 3], dtype: 'uint8', values: images } };
  }

  private result(
    parts: ReadonlyArray<Pick<LabelledBatch, 'gender' | 'identity' | 'size'>>,
    found: Awaited<ReturnType<CompiledStep['run']>>[],
    norm: number | undefined,
    weights: TaskWeights,
  ): StepResult {
    const sum = (name: string) => found.reduce((total, part) => total + part[name]!.values[0]!, 0);
    const mean = (name: string) => sum(name) / found.length;
    const result: StepResult = {
      loss: sum('loss'),
      genderLoss: sum('genderLoss'),
      identityLoss: sum('identityLoss'),
      right: countRight(parts, found),
      weights,
    };
    if (norm !== undefined) result.gradientNorm = norm;
    if (found[0]!.genderInEffect)
      result.weights = { gender: mean('genderInEffect'), identity: mean('identityInEffect') };
    if (found[0]!.genderNorm) result.norms = { gender: mean('genderNorm'), identity: mean('identityNorm') };
    return result;
  }
}

/** Labelled images whose largest logit is their own class's. */
function countRight(
  parts: ReadonlyArray<Pick<LabelledBatch, 'gender' | 'identity' | 'size'>>,
  found: ReadonlyArray<Awaited<ReturnType<CompiledStep['run']>>>,
): { gender: number; identity: number } {
  const right = { gender: 0, identity: 0 };
  for (const [index, { gender, identity, size }] of parts.entries()) {
    const female = found[index]!.genderLogits!.values;
    const { values, shape } = found[index]!.identityLogits!;
    const classes = shape[1]!;
    for (let i = 0; i < size; i++) {
      if (gender[i]! >= 0 && female[i]! > 0 === gender[i]! > 0) right.gender++;
      if (identity[i]! < 0) continue;
      const row = values.subarray(i * classes, (i + 1) * classes);
      const own = row[identity[i]!]!;
      if (row.every((value) => value <= own)) right.identity++;
    }
  }
  return right;
}

/** The network with given values in place of drawn ones. */
function withValues(made: Network, values: ReadonlyMap<string, Float32Array> | undefined): Network {
  for (const parameter of made.parameters) {
    const value = values?.get(parameter.name);
    if (value) Object.assign(parameter, { initial: () => value });
  }
  return made;
}

const byParameter = (parameters: readonly Parameter[], gradients: readonly tf.Tensor[]) =>
  new Map(parameters.map((parameter, i) => [parameter, gradients[i]!]));

const zeros = ({ shape }: Variable) => new Float32Array(shape.reduce((a, b) => a * b, 1));

function scalarInputs(scalars: Record<string, number>): Record<string, StepInput> {
  const entries = Object.entries(scalars);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, { shape: [], dtype: 'float32', values: Float32Array.of(value) }]),
  );
}
