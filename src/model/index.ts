import { choosePrecision, openRuntime } from '../tensor/index.ts';
import { type BackboneName, backboneOf } from './backbones/index.ts';
import type { HeadOptions } from './heads/index.ts';
import { type Learner, NetworkLearner } from './learner.ts';
import type { LossOptions } from './losses/index.ts';
import type { OptimizerSpec } from './optimizers/index.ts';

export type { Backbone, BackboneDefinition } from './backbones/index.ts';
export type { Head, HeadDefinition } from './heads/index.ts';
export { dropout, type Forward, linear, type Parameter, Parameters } from './layers.ts';
export type { LabelledBatch, Learner, Logits, StateTensor, StepResult } from './learner.ts';
export { NetworkLearner } from './learner.ts';
export type { LossDefinition, LossInputs } from './losses/index.ts';
export { DEVIATION, MEAN } from './network.ts';

/** The part of a resolved experiment that decides what a learner is. */
export interface ModelConfig {
  augment?: { mixup: { p: number }; cutmix: { p: number } };
  data: { image_size: number };
  model: {
    backbone: BackboneName;
    heads: { gender: HeadOptions; identity: HeadOptions };
  };
  loss: LossOptions;
  optimizer: OptimizerSpec;
  train: { accumulation: number; precision: 'auto' | 'float32' | 'bfloat16'; clip: number; ema: number };
  resources: { device: string; backend: 'auto' | 'tensorflow' | 'wasm' | 'webgpu' | 'cpu' };
}

/** Opens the backend that the experiment asks for and builds its network on it. */
export async function openLearner(
  config: ModelConfig,
  options: {
    identities: number;
    seed: number;
    libraryThreads?: number;
    /** The weights are loaded once and only evaluated. */
    frozen?: boolean;
  },
): Promise<Learner> {
  const { backend, device } = config.resources;
  const threads = options.libraryThreads ?? 0;
  const { frozen } = options;
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
    seed: options.seed,
    frozen,
  });
  return new NetworkLearner(runtime, {
    backbone: backboneOf(config.model),
    heads: config.model.heads,
    identities: options.identities,
    seed: options.seed,
    imageSize: config.data.image_size,
    loss: config.loss,
    optimizer: config.optimizer,
    accumulation: config.train.accumulation,
    clip: config.train.clip,
    ema: config.train.ema,
    precisionReason: precision.reason,
    mixing: config.augment !== undefined && config.augment.mixup.p + config.augment.cutmix.p > 0,
  });
}
