/**
 * What facecom's commands do, for programs: `import { run } from 'facecom'`.
 *
 * Nothing here prints, reads the command line or ends the process. What a user can put right is thrown as FacecomError, whose `code` is one of
 * docs/errors.md; a run that failed is a result. Paths and names of runs are relative to the working folder, run folders are below
 * `runs` unless an option says otherwise. Native TensorFlow is set up if it is missing, as by `facecom run`; FACECOM_SETUP=off
 * keeps it from that.
 */

export { FacecomError } from './base/errors.ts';
export {
  defineBackbone,
  defineEffect,
  defineHead,
  defineLoss,
  defineSampler,
  defineSource,
  type ParameterSchema,
  type Picture,
} from './define.ts';
export {
  type Compared,
  type CompareOptions,
  compare,
  type EvaluatedSide,
  type EvaluateOptions,
  type Evaluation,
  evaluate,
  type HandedIn,
  type HandInOptions,
  handIn,
  type Inspection,
  type InspectOptions,
  inspect,
  type Predicted,
  type PredictOptions,
  predict,
  type Report,
  type Reporter,
  type ReportOptions,
  type ResultRow,
  type Results,
  type ResultsOptions,
  type Resumed,
  type ResumeOptions,
  type RunHandle,
  type RunObserver,
  type RunOptions,
  type RunResult,
  readRun,
  report,
  results,
  resume,
  run,
  type Signals,
  type SweepOptions,
  type SweepResult,
  type SweepStart,
  type SweepWatcher,
  sweep,
  type Verification,
  type VerifyOptions,
  verify,
  type WatchRun,
  type WatchSweep,
} from './operations/index.ts';
export type { Event, RunRecord } from './record/index.ts';
export {
  type Experiment,
  type Origin,
  type Problem,
  type ReadOptions,
  type ResolvedExperiment,
  readExperiment,
  SpecError,
} from './spec/index.ts';
