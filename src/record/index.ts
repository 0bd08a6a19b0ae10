export { type Event, type EventWriter, eventsFile, followEvents, openEvents, readEvents } from './events.ts';
export { findRun, findRunsOf, findSweep, isRunFolder, runFoldersUnder } from './find-runs.ts';
export { endOf } from '../base/lines.ts';
export { linesBackwards } from '../base/lines-backwards.ts';
export { type Liveness, liveness, markProcess, type ProcessMark } from '../base/process.ts';
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
export { writeAside } from '../base/write-aside.ts';
