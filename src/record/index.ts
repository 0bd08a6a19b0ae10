export {
  askToStop,
  type Batch,
  batchFile,
  type Claim,
  claimTask,
  dropClaim,
  jobOutput,
  listTasks,
  readBatch,
  readClaim,
  readEnd,
  removeBatch,
  renewClaim,
  stopAsked,
  type TaskEnd,
  withdrawTask,
  writeBatch,
  writeEnd,
} from './batch.ts';
export { changeConfig, refreshConfig, replaceConfig } from './change-config.ts';
export { classes, type FailureClass, type ToldClass } from './classes.ts';
export { copyOpenEvents } from './continue-events.ts';
export { createRunFolder, isHalfBorn, type RunFiles, stageRun } from './create-run-folder.ts';
export {
  type CalibrationBin,
  type Diagnostics,
  type HardPair,
  type RocCurve,
  type RocPoint,
  readDiagnostics,
} from './diagnostics.ts';
export {
  differenceText,
  type Lead,
  leadOf,
  pointName,
  type SeedDifference,
  type SeedValue,
  seedDifference,
} from './difference.ts';
export { earlierRuns, epochsTrained, type Forecast } from './earlier-runs.ts';
export type { Environment } from './environment.generated.ts';
export { type Pace, secondsRemaining, trainedPart } from './eta.ts';
export type { Event } from './event.ts';
export { EventDecoder } from './event-decoder.ts';
export {
  decodeLine,
  type EventWriter,
  eventsFile,
  followEvents,
  openEvents,
  readEvents,
} from './events.ts';
export { expectedStart, expectStart, startRecorded } from './expected-start.ts';
export { findRun, findRunsOf, findSweep, isRunFolder, runFoldersUnder } from './find-runs.ts';
export { findTarget } from './find-target.ts';
export { type Duration, type EndForecast, forecastEnd, type Range } from './forecast.ts';
export { type FrontPoint, frontOf } from './front.ts';
export type { RunMessage, StandbyMessage } from './hand-over.ts';
export {
  countJobs,
  hasOpenJob,
  isJobOver,
  isTaskOver,
  JobsWriter,
  jobOfTask,
  jobsFile,
  jobsFolder,
  type OpenBatch,
  openBatches,
  readBatches,
  readJobs,
  tasksOfJob,
} from './jobs.ts';
export {
  holderLastSeen,
  holderOfRun,
  type LockHolder,
  lockFile,
  lockHolder,
  lockOf,
  trainerHolder,
  trainerLock,
} from './lock-file.ts';
export { lossesOf, meanLosses } from './losses.ts';
export { originText } from './origin-text.ts';
export { type PreflightRun, readPreflight, writePreflight } from './preflight.ts';
export {
  type Origins,
  RECORD_VERSION,
  type RecordedConfig,
  readConfig,
  readConfigIfAny,
  readConfigPart,
  readEnvironment,
  readOrigins,
} from './read-config.ts';
export { isWithin, type RunRecord, readRun } from './read-run.ts';
export {
  bestOf,
  compareValues,
  finalValue,
  modeOf,
  type PointResult,
  pointsOf,
  type Result,
  resultOf,
  resultText,
  type TrialResult,
} from './results.ts';
export { runName, runsOfTrial, tidyRunFolder } from './run-folder.ts';
export { hasModel, modelFolder } from './run-model.ts';
export {
  newestRuns,
  type RunStatus,
  type RunSummary,
  runStatus,
  type ScanOptions,
  scanRun,
  scanRuns,
} from './scan.ts';
export {
  lossOfLine,
  lossToLine,
  readSearch,
  type SearchEntry,
  SearchWriter,
} from './search-log.ts';
export { appendState, readState, type StateEntry, stateFile } from './state.ts';
export { requestStop, type StopRequest, takeStopRequest } from './stop-request.ts';
export {
  defaultObjective,
  type Objective,
  readManifest,
  type SweepManifest,
  type SweepTrial,
  writeManifest,
} from './sweep-manifest.ts';
export { decodeSample, openSystemLog, type SystemSample, systemFile } from './system-log.ts';
export { readTestImages, type TestImage } from './test-images.ts';
export { useRecordedPlugins } from './use-plugins.ts';
