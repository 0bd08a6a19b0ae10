import type { AugmentThreads } from '../augment/index.ts';
import type { Dataset } from '../data/index.ts';
import type { Balancer, Learner } from '../model/index.ts';
import type { EventWriter } from '../record/index.ts';
import type { Experiment } from '../spec/index.ts';
import type { Checkpoint, CheckpointWriter } from './checkpoint/checkpoint.ts';
import type { Pace } from './checkpoint/pace.ts';
import type { ProgressReporter } from './progress.ts';
import type { RunRecord } from './recorder.ts';
import type { Sampler } from './sampling/index.ts';
import type { Stages } from './stages.ts';
import type { TrainState } from './state.ts';
import type { Stretch } from './stretches.ts';

export interface TrainOptions {
  config: Experiment;
  runDir: string;
  dataset: Dataset;
  learner: Learner;
  events: EventWriter;
  record: RunRecord;
  /** Aborted: a checkpoint is saved and the result is `interrupted`. */
  signal: AbortSignal;
  /** What to continue from; without it the learner's own initial state is trained from the first step. */
  resume?: Checkpoint;
  /** One line for people. */
  log?: (line: string) => void;
  /** Most milliseconds between two checkpoints. */
  checkpointInterval?: number;
  /** Which epochs are followed by a checkpoint. */
  pace?: Pick<Pace, 'due' | 'written'>;
  /** What was spent before. */
  stages?: Stages;
  /** The result is `interrupted` after so many optimizer steps, unless training has ended by then. */
  steps?: number;
  /** Milliseconds between two progress events; 0: one a step. */
  progressInterval?: number;
}

/** What the stages of a run share. */
export interface Session extends Required<Omit<TrainOptions, 'resume' | 'progressInterval'>> {
  state: TrainState;
  stretches: readonly Stretch[];
  balance: Balancer;
  /** Left out: every image once, shuffled. */
  sampler: Sampler | undefined;
  stepsPerEpoch: number;
  /** The features of the training images in the stretch under way, where they are kept. */
  cached?: { stretch: Stretch; of: (positions: Int32Array) => Float32Array };
  progress: ProgressReporter;
  /** Ends the training after `steps`. */
  limit: AbortController;
  /**
   * Saves the state as checkpoints/last, and its weights as checkpoints/best and as one of the epochs that are kept; `whenDue`: only if enough
   * was trained since the last checkpoint, and the best weights are remembered until then.
   */
  save: (options?: { best?: boolean; kept?: boolean; last?: boolean; whenDue?: boolean }) => Promise<void>;
  checkpoints: CheckpointWriter;
  augmentThreads: AugmentThreads;
}
