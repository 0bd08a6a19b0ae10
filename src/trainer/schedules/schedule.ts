/** What a schedule carries from epoch to epoch: plain JSON, kept in the checkpoint. */
export type ScheduleState = Record<string, number | null>;

/** What every schedule can know. */
export interface ScheduleContext {
  /** The highest learning rate. */
  lr: number;
  epochs: number;
  stepsPerEpoch: number;
  /** Whether the monitored metric is to rise or to fall. */
  mode: 'max' | 'min';
}

/** A learning-rate schedule: pure functions over a state, so that a resumed run continues with the same bits. */
export interface Schedule {
  start(): ScheduleState;
  /** The learning rate of an optimizer step; steps count from 1. */
  rate(state: ScheduleState, step: number): number;
  /** The state after an epoch; `score` is the monitored metric, undefined if nothing was validated. */
  afterEpoch(state: ScheduleState, score: number | undefined): ScheduleState;
}

/** What a schedule is after its warmup: the learning rate by the number of steps since. */
export interface Decline {
  start?(): ScheduleState;
  /** `index` counts from 0 to `total` − 1, the steps after the warmup; `epoch`: whole epochs of the training that are done. */
  rate(state: ScheduleState, place: { index: number; total: number; epoch: number }): number;
  afterEpoch?(state: ScheduleState, score: number | undefined): ScheduleState;
}
