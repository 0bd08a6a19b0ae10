import { FacecomError } from '../base/errors.ts';
import { type BackendName, chooseBackend, choosePrecision, openRuntime } from '../tensor/index.ts';
import type { Labels } from './batch.ts';
import type { ModelConfig } from './config.ts';
import type { Learner } from './learner.ts';
import { network } from './network.ts';
import { NetworkLearner } from './network-learner.ts';
import { matches } from './patterns.ts';
import { learns } from './phase.ts';
import type { Preprocess } from './preprocess.ts';
import { type FittedWeights, fitWeights, readWeights } from './weights/index.ts';

export type { ProgramLine } from '../tensor/index.ts';
export type { Backbone, BackboneDefinition } from './backbones/index.ts';
export { type Balancer, type BalanceState, createBalance } from './balance/index.ts';
export { balancedWeights, type LabelledBatch, type Labels, type TaskWeights } from './batch.ts';
export type { ModelConfig } from './config.ts';
export type { Head, HeadDefinition } from './heads/head.ts';
export { dropout, type Forward, linear, type Parameter, Parameters } from './layers.ts';
export type { Learner, Logits, StateTensor, StepOptions, StepResult } from './learner.ts';
export type { LossDefinition, LossInputs } from './losses/plugin.ts';
export { NetworkLearner } from './network-learner.ts';
export type { Phase } from './phase.ts';
export { imagenet, type Preprocess } from './preprocess.ts';
export { hashWeights, toTorch } from './weights/index.ts';

export interface LearnerSettings {
  identities: number;
  seed: number;
  libraryThreads?: number;
  /** Devices that each batch is divided among; 1 if left out. Throws `replicas` where that cannot be. */
  replicas?: number;
  /** The backend of a run that is continued. */
  began?: string | undefined;
  /** A size of batches to compile the steps for at once: TensorFlow takes the place of oneDNN, for `auto`, where that lacks an op. */
  tried?: number;
  /** The weights are loaded once and only evaluated. */
  frozen?: boolean;
  /** The weights come from a checkpoint, and model.weights is not read: what the checkpoint says of its images. */
  trained?: { preprocess?: Preprocess | undefined };
  /** Names of the identities, by class index. */
  names?: readonly string[];
  classWeights?: Labels;
}

/** Opens the backend that the experiment asks for and builds its network on it. */
export async function openLearner(config: ModelConfig, settings: LearnerSettings): Promise<Learner> {
  const { began, tried } = settings;
  const threads = threadsFor('onednn', config, settings.libraryThreads ?? 0);
  const choice = await chooseBackend({ ...config.resources, began, threads });
  checkReplicas(config, settings.replicas ?? 1, choice.backend);
  const learner = await openOn(choice.backend, config, settings, choice.note);
  if (tried === undefined || config.resources.backend !== 'auto' || choice.backend !== 'onednn')
    return learner;
  try {
    learner.prepare(tried, { evaluates: true });
    return learner;
  } catch (error) {
    if (!(error instanceof FacecomError) || error.code !== 'unsupported-op') throw error;
    learner.dispose();
    const other = await chooseBackend({ ...config.resources, began: 'tensorflow' });
    if (other.backend !== 'tensorflow') throw error;
    return openOn('tensorflow', config, settings, `${error.message} Training is with TensorFlow.`);
  }
}

function checkReplicas({ loss }: ModelConfig, replicas: number, backend: BackendName): void {
  if (replicas === 1) return;
  const balanced = loss.balance === 'gradnorm' || loss.balance === 'pcgrad';
  if (backend === 'tensorflow' && !balanced) return;
  throw new FacecomError('replicas', 'The experiment cannot train on several devices.', {
    found: balanced
      ? `loss.balance: ${loss.balance}, which needs the gradients of a whole batch`
      : `backend ${backend}`,
    expected: 'native TensorFlow, and loss.balance fixed, uncertainty or dwa',
    remedy: 'Set resources.gpus: 1.',
    exitCode: 2,
  });
}

/** Pixels of a batch up to which oneDNN computes with one thread. */
const SMALL = 1 << 15;

/**
 * Threads of oneDNN where the spec does not say: one for a step so small that more would mostly wait for each other, and for the cores
 * where others use them. By the spec alone, so that the bits are the same whatever else the machine does.
 */
function threadsFor(backend: BackendName, { data, train, resources }: ModelConfig, threads: number): number {
  const small = (train.batch_size ?? Number.POSITIVE_INFINITY) * data.image_size ** 2 <= SMALL;
  return backend === 'onednn' && small && !resources.cpus ? 1 : threads;
}

async function openOn(
  backend: BackendName,
  config: ModelConfig,
  settings: LearnerSettings,
  note: string | undefined,
): Promise<NetworkLearner> {
  const { device } = config.resources;
  const threads = threadsFor(backend, config, settings.libraryThreads ?? 0);
  const { frozen } = settings;
  const weights = settings.trained ? undefined : await startingWeights(config, settings);
  const precision = await choosePrecision({
    precision: config.train.precision,
    backend,
    device,
    threads,
    frozen,
  });
  const runtime = await openRuntime({
    backend,
    device,
    threads,
    precision: precision.precision,
    seed: settings.seed,
    frozen,
    lean: config.train.memory === 'lean',
    ...(settings.replicas === undefined ? {} : { replicas: settings.replicas }),
  });
  const preprocess = settings.trained?.preprocess ?? config.model.preprocess ?? weights?.preprocess;
  return new NetworkLearner(runtime, {
    model: config.model,
    loss: config.loss,
    optimizer: config.optimizer,
    imageSize: config.data.image_size,
    identities: settings.identities,
    seed: settings.seed,
    ...(preprocess ? { preprocess: { mean: [...preprocess.mean], std: [...preprocess.std] } } : {}),
    ...(weights ? { weights: weights.values, notes: weights.notes } : {}),
    ...(settings.classWeights ? { classWeights: settings.classWeights } : {}),
    ...(settings.replicas === undefined ? {} : { replicas: settings.replicas }),
    accumulation: config.train.accumulation,
    clip: config.train.clip,
    ema: config.train.ema,
    swa: config.train.swa > 0,
    precisionReason: precision.reason,
    ...(note ? { backendNote: note } : {}),
    mixing: config.augment !== undefined && config.augment.mixup.p + config.augment.cutmix.p > 0,
  });
}

/** The values of model.weights, matched with the network; undefined if there are none. Throws `weights-…`. */
export async function startingWeights(
  config: ModelConfig,
  settings: Pick<LearnerSettings, 'identities' | 'names'>,
): Promise<FittedWeights | undefined> {
  const { weights: file, backbone, preprocess } = config.model;
  if (file === undefined) return undefined;
  return fitWeights(await readWeights(file), {
    file,
    backbone,
    imageSize: config.data.image_size,
    parameters: parametersOf(config, settings.identities),
    ...(settings.names ? { identities: settings.names } : {}),
    ...(preprocess ? { colour: preprocess.colour } : {}),
  });
}

/** Every parameter of an experiment's network, without a backend. */
export function parametersOf({ model, loss, data }: ModelConfig, identities: number) {
  return network({ model, loss, imageSize: data.image_size, identities, seed: 0 }).parameters;
}

/**
 * Throws what is wrong with patterns of parameters, before anything is launched: `model-pattern` for one that names nothing,
 * `model-frozen` for a phase that trains nothing.
 */
export function checkParameters(
  config: ModelConfig & {
    train: { phases: ReadonlyArray<{ train?: string[]; rates?: Record<string, number> }> };
  },
): void {
  const parameters = parametersOf(config, 2);
  const { phases } = config.train;
  const patterns: Array<[path: string, pattern: string]> = [
    ...config.model.freeze.map((one): [string, string] => ['model.freeze', one]),
    ...Object.keys(config.optimizer.rates).map((one): [string, string] => ['optimizer.rates', one]),
    ...phases.flatMap(({ train = [], rates = {} }, i) => [
      ...train.map((one): [string, string] => [`train.phases[${i}].train`, one]),
      ...Object.keys(rates).map((one): [string, string] => [`train.phases[${i}].rates`, one]),
    ]),
  ];
  for (const [path, pattern] of patterns) {
    if (pattern === '*' || parameters.some(({ name }) => matches(pattern, name))) continue;
    throw new FacecomError('model-pattern', `${path} names no parameter of the model: ${pattern}.`, {
      found: pattern,
      expected: `backbone, heads, gender_head, identity_head, or names such as ${parameters[0]!.name}, with * for any text`,
      remedy: 'Correct the pattern.',
      exitCode: 2,
    });
  }
  for (const [i, phase] of (phases.length > 0 ? phases : [{}]).entries()) {
    const learning = parameters.filter((parameter) => learns(parameter, config.model.freeze, phase));
    if (learning.some(({ name }) => !name.startsWith('balance.'))) continue;
    throw new FacecomError(
      'model-frozen',
      phases.length > 0 ? `train.phases[${i}] trains nothing.` : 'Nothing of the model learns.',
      {
        found: `model.freeze ${JSON.stringify(config.model.freeze)}`,
        expected: 'a parameter that is not frozen',
        remedy: 'Freeze less, or let the phase train more.',
        exitCode: 2,
      },
    );
  }
}
