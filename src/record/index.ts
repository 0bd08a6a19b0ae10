export {
  decodeLine,
  type Event,
  type EventWriter,
  eventsFile,
  followEvents,
  openEvents,
  readEvents,
} from './events.ts';
export { findRun, findRunsOf, findSweep, isRunFolder, runFoldersUnder } from './find-runs.ts';
export { findTarget } from './find-target.ts';
export type { RunMessage, StandbyMessage } from './hand-over.ts';
export { createRunFolder, type RunFiles, runName, runsOfTrial } from './run-folder.ts';
export {
  newestRuns,
  type RunStatus,
  type RunSummary,
  runStatus,
  type ScanOptions,
  scanRun,
  scanRuns,
} from './scan.ts';
export { appendState, readState, type StateEntry, stateFile } from './state.ts';
export { requestStop, type StopRequest, takeStopRequest } from './stop-request.ts';
export { readManifest, type SweepManifest, type SweepTrial, writeManifest } from './sweep-manifest.ts';
