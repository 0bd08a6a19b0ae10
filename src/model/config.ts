import type { Experiment } from '../spec/index.ts';

/** The part of a resolved experiment that decides what a learner is. */
export interface ModelConfig {
  augment?: { mixup: { p: number }; cutmix: { p: number } };
  data: { image_size: number };
  model: Experiment['model'];
  loss: Experiment['loss'];
  optimizer: Experiment['optimizer'];
  train: Pick<Experiment['train'], 'accumulation' | 'precision' | 'memory' | 'clip' | 'ema' | 'swa'> & {
    batch_size?: number;
  };
  resources: Pick<Experiment['resources'], 'device' | 'backend'> & { cpus?: number };
}

export type OptimizerSpec = Experiment['optimizer'];
export type IdentityHeadSpec = ModelConfig['model']['heads']['identity'];
export type GenderHeadSpec = ModelConfig['model']['heads']['gender'];
export type MetricLossSpec = IdentityHeadSpec['metric'][number];
