import type { GraphFormat } from '../tensor/index.ts';
import type { LabelledBatch, Labels, TaskWeights } from './batch.ts';
import type { ModelConfig } from './config.ts';
import type { Phase } from './phase.ts';
import type { Preprocess } from './preprocess.ts';

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
  /** Whether nothing of the backbone learns in a phase, the one under way if left out: an image has the same features in every epoch. */
  frozenBackbone?(phase?: Phase): boolean;
  /** What the backbone makes of images [size, width]; trainStep takes it in their place where the backbone is frozen. */
  features?(batch: { images: Uint8Array; size: number }): Promise<Float32Array>;
  /** Chooses what learns from here on. `fresh`: the phase begins here, the optimizer's state with it. */
  startPhase?(phase: Phase, fresh: boolean): Promise<void>;
  /** Counts the weights as they are now as the `count`-th of those that are averaged: evaluation uses their mean. */
  average?(count: number): Promise<void>;
  /** The network in evaluation as a model of ONNX or TensorFlow for batches of this size: images → gender, identity, embedding. */
  toGraph?(
    format: GraphFormat,
    size: number,
    metadata: Readonly<Record<string, string>>,
  ): Promise<Uint8Array>;
  /** Everything that training continues from: `model/…`, `optimizer/…`, `ema/…`; `weightsAlone`: without what the optimizer remembers. */
  state(options?: { weightsAlone?: boolean }): Promise<Map<string, StateTensor>>;
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
  /** Devices that a batch is divided among; 1 if left out. */
  replicas?: number;
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
