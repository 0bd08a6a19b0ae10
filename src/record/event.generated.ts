// Generated from schemas/record-event.schema.json by `npm run generate`; do not edit.

/**
 * One line of a run's events.jsonl, which its trainer alone appends to. Version 2 of the record: since then `stopped` is an event, and `failed` has a class.
 */
export type Event =
  | MetricEvent
  | ArtifactEvent
  | CheckpointEvent
  | ProgressEvent
  | WarningEvent
  | FinishedEvent
  | StoppedEvent
  | FailedEvent;
/**
 * Milliseconds since 1970.
 */
export type Time = number;
/**
 * A number; NaN and the infinities are strings.
 */
export type Number = number | ('NaN' | 'Infinity' | '-Infinity');
/**
 * Relative to the run folder.
 */
export type Path = string;

export interface MetricEvent {
  type: 'metric';
  time: Time;
  /**
   * Steps of the optimizer so far.
   */
  step: number;
  /**
   * Epochs so far; a fraction within one.
   */
  epoch: number;
  values: Values;
}
/**
 * Values by the name of the metric, such as val/combined.
 */
export interface Values {
  [k: string]: Number;
}
export interface ArtifactEvent {
  type: 'artifact';
  time: Time;
  path: Path;
  /**
   * What it holds, such as chart or submission.
   */
  kind: string;
}
export interface CheckpointEvent {
  type: 'checkpoint';
  time: Time;
  path: Path;
  score?: Number;
}
export interface ProgressEvent {
  type: 'progress';
  time: Time;
  done: number;
  total: number;
  /**
   * Of done and total, in the plural.
   */
  unit: string;
  /**
   * What the trainer is doing.
   */
  stage?: string;
  epoch?: number;
  epochs?: number;
  step?: number;
  loss?: Number;
  images_per_second?: Number;
  best?: Number;
}
export interface WarningEvent {
  type: 'warning';
  time: Time;
  code: string;
  message: string;
}
export interface FinishedEvent {
  type: 'finished';
  time: Time;
  metrics: Values;
}
/**
 * The trainer was asked to stop, saved what it has, and ends: the run can be resumed.
 */
export interface StoppedEvent {
  type: 'stopped';
  time: Time;
  /**
   * Such as SIGTERM.
   */
  reason?: string;
}
export interface FailedEvent {
  type: 'failed';
  time: Time;
  /**
   * Stable, such as data-empty.
   */
  code: string;
  /**
   * Kind of the failure, which decides whether and how the run is started again; code where left out.
   */
  class?: 'oom' | 'nan' | 'data' | 'code' | 'infrastructure';
  /**
   * What happened, for people.
   */
  message: string;
}
