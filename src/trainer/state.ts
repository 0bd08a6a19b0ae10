import type { BalanceState, TaskWeights } from '../model/index.ts';
import { type StoppingState, startStopping } from './early-stopping.ts';
import type { ScheduleState } from './schedules/index.ts';

/** Sums over the images of the epoch that is under way. */
export interface EpochSums {
  images: number;
  /** Loss × images. */
  loss: number;
  genderImages: number;
  genderLoss: number;
  identityImages: number;
  identityLoss: number;
  /** Labelled images that the steps classified rightly. */
  genderRight: number;
  identityRight: number;
}

/** Which epoch's weights are in checkpoints/best, and what they scored. */
export interface Best {
  epoch: number;
  step: number;
  /** The monitored metric; null if nothing was validated and the latest epoch counts as the best. */
  score: number | null;
  /** The validation metrics of that epoch, by their names in the record. */
  values: Record<string, number>;
}

/**
 * Where a run stands, apart from the tensors: plain JSON, so that a checkpoint holds it whole. The random streams are
 * addressed by epoch, batch and image, so their place is this one.
 */
export interface TrainState {
  /** Epochs that are done, validation included. */
  epoch: number;
  /** Batches that are done of the epoch under way. */
  batch: number;
  /** Optimizer steps that are done. */
  step: number;
  sums: EpochSums;
  schedule: ScheduleState;
  /** What the two losses are multiplied by, and what that follows from. */
  balance: BalanceState;
  /** What the losses of the last step were multiplied by, as it says. */
  weights?: TaskWeights;
  /** The last step after which validation within an epoch has ended; left out by earlier versions. */
  validated?: number;
  /** Epochs whose weights are averaged. */
  averaged: number;
  /** The best epochs whose weights are kept, best first. */
  kept: { epoch: number; score: number }[];
  stopping: StoppingState;
  best: Best | null;
  /** Why training ended; null while it continues. */
  ended: 'epochs' | 'early stopping' | null;
}

export const emptySums = (): EpochSums => ({
  images: 0,
  loss: 0,
  genderImages: 0,
  genderLoss: 0,
  identityImages: 0,
  identityLoss: 0,
  genderRight: 0,
  identityRight: 0,
});

export const startState = (schedule: ScheduleState, balance: BalanceState): TrainState => ({
  epoch: 0,
  batch: 0,
  step: 0,
  sums: emptySums(),
  schedule,
  balance,
  averaged: 0,
  kept: [],
  stopping: startStopping(),
  best: null,
  ended: null,
});
