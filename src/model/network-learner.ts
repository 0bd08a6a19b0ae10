import * as tf from '@tensorflow/tfjs-core';
import { FacecomError } from '../base/errors.ts';
import type {
  CompiledStep,
  GraphFormat,
  Runtime,
  StepContext,
  StepInput,
  Variable,
} from '../tensor/index.ts';
import { type LabelledBatch, labelInputs, splitBatch } from './batch.ts';
import type { Parameter } from './layers.ts';
import type { Learner, LearnerOptions, Logits, StateTensor, StepOptions, StepResult } from './learner.ts';
import type { LearningParts } from './learning-parts.ts';
import { type Network, network } from './network.ts';
import { createOptimizer, type Optimizer } from './optimizers/index.ts';
import { isBackbone } from './patterns.ts';
import { learns, type Phase } from './phase.ts';
import { phaseSteps, type Steps } from './phase-steps.ts';
import { imagenet, type Preprocess } from './preprocess.ts';
import { replicaInputs } from './replicas.ts';
import { stepResult } from './step-result.ts';

/** What the names of the optimizer's tensors begin with, in a state. */
const OPTIMIZER = 'optimizer/';

/** A network on a backend. */
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
  private readonly parts: LearningParts;
  private readonly evaluation: CompiledStep;
  private readonly featureStep: CompiledStep;
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
    this.parts = {
      ...{ options, network: this.network, trainable: this.trainable, optimizer: this.optimizer },
      ...{ averages: this.averages, sums: this.sums },
    };
    this.steps = this.stepsOf(this.phase);
    this.featureStep = runtime.compile('features', ({ images }, context) => ({
      features: this.network.features({ context, training: false }, images as tf.Tensor4D),
    }));
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
    const own = (part: (typeof parts)[number]) => ({
      ...(part.features ? featureInput(part.features, part.size) : this.images(part)),
      ...part.labels,
    });
    const inputs = (part: (typeof parts)[number]) => ({
      ...replicaInputs(splitBatch(part, part.labels, this.options.replicas ?? 1).map(own)),
      ...shared,
    });
    if (parts.length === 1) {
      const found = await this.steps.whole.run({ ...inputs(parts[0]!), ...scalars }, step);
      return stepResult(parts, [found], found.norm?.values[0], weights);
    }
    const found = [];
    for (const [index, part] of parts.entries()) {
      // Each micro-batch draws its own dropout: the stream is named by step and position.
      found.push(await this.steps.micro.run(inputs(part), step * accumulation + index));
    }
    const applied = await this.steps.apply.run(scalars, step);
    return stepResult(parts, found, applied.norm?.values[0], weights);
  }

  async evaluate(batch: { images: Uint8Array; size: number }): Promise<Logits> {
    const found = await this.evaluation.run(this.images(batch));
    const values = (name: string) => found[name]!.values as Float32Array;
    return { gender: values('gender'), identity: values('identity'), embedding: values('embedding') };
  }

  frozenBackbone(phase = this.phase): boolean {
    return !this.trainable.some(
      (parameter) => isBackbone(parameter) && learns(parameter, this.options.model.freeze, phase),
    );
  }

  async features(batch: { images: Uint8Array; size: number }): Promise<Float32Array> {
    return (await this.featureStep.run(this.images(batch))).features!.values as Float32Array;
  }

  async toGraph(
    format: GraphFormat,
    size: number,
    metadata: Readonly<Record<string, string>>,
  ): Promise<Uint8Array> {
    const side = this.options.imageSize;
    const inputs = { images: { shape: [size, side, side, 3], dtype: 'uint8' as const } };
    const model = await this.evaluation.toGraph?.(format, inputs, metadata);
    if (model) return model;
    throw new FacecomError('export-backend', `The backend ${this.backend} does not export networks.`, {
      expected: 'TensorFlow or oneDNN, which trace the network',
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

  async state({ weightsAlone = false } = {}): Promise<Map<string, StateTensor>> {
    const names = [...this.stateNames()].filter(([name]) => !weightsAlone || !name.startsWith(OPTIMIZER));
    const values = await this.runtime.values(names.map(([, variable]) => variable));
    return new Map(
      names.map(([name, variable]) => [
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
        if (weightsAlone && name.startsWith(OPTIMIZER)) continue;
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

  /** The steps of a phase; of equal phases they are the same. */
  private stepsOf(phase: Phase): Steps {
    const key = JSON.stringify([phase.train, phase.rates]);
    const steps = this.phases.get(key) ?? phaseSteps(this.runtime, this.parts, phase);
    this.phases.set(key, steps);
    return steps;
  }

  private stateNames(): Map<string, Variable> {
    const names = new Map<string, Variable>();
    for (const parameter of this.network.parameters) names.set(`model/${parameter.name}`, parameter);
    for (const slot of this.optimizer.slots) names.set(`${OPTIMIZER}${slot.name}`, slot);
    for (const average of this.averages.values()) names.set(average.name, average);
    return names;
  }

  private images({ images, size }: { images: Uint8Array; size: number }): Record<string, StepInput> {
    const side = this.options.imageSize;
    return { images: { shape: [size, side, side, 3], dtype: 'uint8', values: images } };
  }
}

/** The network with given values in place of drawn ones. */
function withValues(made: Network, values: ReadonlyMap<string, Float32Array> | undefined): Network {
  for (const parameter of made.parameters) {
    const value = values?.get(parameter.name);
    if (value) Object.assign(parameter, { initial: () => value });
  }
  return made;
}

/** What the backbone made of images earlier: [size, width]. */
const featureInput = (values: Float32Array, size: number): Record<string, StepInput> => ({
  features: { shape: [size, values.length / size], dtype: 'float32', values },
});

const zeros = ({ shape }: Variable) => new Float32Array(shape.reduce((a, b) => a * b, 1));

function scalarInputs(scalars: Record<string, number>): Record<string, StepInput> {
  const entries = Object.entries(scalars);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, { shape: [], dtype: 'float32', values: Float32Array.of(value) }]),
  );
}
