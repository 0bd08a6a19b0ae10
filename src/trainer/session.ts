import type { Dataset } from '../data/index.ts';
import type { Learner } from '../model/index.ts';
import type { EventWriter } from '../record/index.ts';
import type { Experiment } from '../spec/index.ts';
import type { Checkpoint, CheckpointWriter } from './checkpoint/checkpoint.ts';
import type { ProgressReporter } from './progress.ts';
import type { RunRecord } from './recorder.ts';
import type { Schedule } from './schedules/index.ts';
import type { TrainState } from './state.ts';

export interface TrainOptions {
  config: Experiment;
  runDir: string;
  dataset: Dataset;
  learner: Learner;
  events: EventWriter;
  record: RunRecord;
  /** Aborted: a checkpoint is saved and the result is `interrupted`. */
  signal: AbortSignal;
  /** What to go on from; without it the learner's own initial state is trained from the first step. */
  resume?: Checkpoint;
  /** One line for people. */
  log?: (line: string) => void;
  /** Milliseconds between two checkpoints within an epoch. */
  checkpointInterval?: number;
}

/** What the stages of a run share. */
export interface Session extends Required<Omit<TrainOptions, 'resume'>> {
  state: TrainState;
  schedule: Schedule;
  stepsPerEpoch: number;
  progress: ProgressReporter;
  /** Saves the state as checkpoints/last, and as checkpoints/best too. */
  save: (options?: { best?: boolean }) => Promise<void>;
  checkpoints: CheckpointWriter;
}
