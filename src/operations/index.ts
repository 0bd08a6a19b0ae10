export { type Cached, cacheData } from './cache-data.ts';
export { type Checked, checkSpec } from './check-spec.ts';
export { type Compared, type CompareOptions, compare } from './compare.ts';
export { type Diff, type DiffOptions, diff } from './diff.ts';
export {
  type EvaluatedSide,
  type EvaluateOptions,
  type Evaluation,
  evaluate,
  runsAndFolder,
} from './evaluate.ts';
export type { RunHandle, RunObserver, RunResult, WatchRun } from './execute-run.ts';
export { expandTrials } from './expand-trials.ts';
export { type ExplainedValue, type Explanation, explain } from './explain.ts';
export { type ExplainedProgram, explainProgram } from './explain-program.ts';
export { type Exported, type ExportOptions, exportRun } from './export.ts';
export { type HandedIn, type HandInOptions, handIn } from './hand-in.ts';
export { type InspectOptions, inspect } from './inspect.ts';
export type { Counts as InspectCounts, Inspection } from './inspection.ts';
export { job } from './job.ts';
export { launcherAsSet } from './launcher-as-set.ts';
export { type LogRead, type LogsOptions, readLog } from './logs.ts';
export { openUi, stopUi, type Ui, type UiOptions } from './mlflow-ui.ts';
export { type Predicted, type PredictOptions, predict } from './predict.ts';
export { augmentedRows, conditionRows, effectRows, peopleRows } from './preview.ts';
export { type Pruned, type PruneOptions, type PruneWhat, planPrune, pruneRun } from './prune.ts';
export { readRun } from './read-run.ts';
export { type Runnable, readRunnable } from './read-runnable.ts';
export { readTarget } from './read-target.ts';
export { planRemoval, type Removal, type RemoveOptions, remove } from './remove.ts';
export { removeRemote } from './remove-remote.ts';
export { type Report, type ReportOptions, report } from './report.ts';
export type { Reporter, Signals } from './reporter.ts';
export { type ResultRow, type Results, type ResultsOptions, results } from './results.ts';
export { type Resumed, type ResumeOptions, resume } from './resume.ts';
export { type RunOptions, run } from './run.ts';
export { libraryFor, type Setup, type SetupOptions, setup } from './setup.ts';
export { type StopOptions, type Stopped, stop } from './stop.ts';
export type { SweepOptions, SweepStart, SweepWatcher, WatchSweep } from './sweep/context.ts';
export { isEdited, type SweepEdit, settingText, sweepEdit } from './sweep/edit.ts';
export { endText, fitText, forecastSweep, type SweepForecast } from './sweep/forecast.ts';
export { type Objective, type Point, pointsOf } from './sweep/points.ts';
export { type RenderedSweep, renderSweep } from './sweep/render.ts';
export type { SweepResult } from './sweep/result.ts';
export { type SearchOutlook, searchOutlook } from './sweep/search-outlook.ts';
export { sweep } from './sweep/sweep.ts';
export { chooseRuns, type SyncOptions, sync } from './sync.ts';
export { type TuneBatchOptions, type TunedBatch, tuneBatch } from './tune/batch.ts';
export { type TunedLr, type TuneLrOptions, tuneLr } from './tune/lr.ts';
export { tuneSteps } from './tune/steps.ts';
export { type Validation, validate } from './validate.ts';
export { type Verification, type VerifyOptions, verify } from './verify/verify.ts';
export { type WatchedReport, type WatchOptions, watchReport } from './watch-report.ts';
