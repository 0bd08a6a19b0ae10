export { type DeleteOptions, deleteRemote } from './delete-remote.ts';
export { MlflowClient } from './mlflow/client.ts';
export { connect, withoutCredentials } from './mlflow/connection.ts';
export { readCursor } from './mlflow/cursor.ts';
export { serverFolder } from './mlflow/local/folder.ts';
export { keepServer } from './mlflow/local/keeper.ts';
export { choosePort } from './mlflow/local/port.ts';
export { findServer, stopServer, waitForServer } from './mlflow/local/server.ts';
export { readServerState } from './mlflow/local/state.ts';
export { pagesOf } from './mlflow/pages.ts';
export { localTarget, type SessionOptions } from './mlflow/session.ts';
export { bestRunOf } from './mlflow/sweep-results.ts';
export { ALL_RUNS } from './mlflow/views.ts';
export { type SyncRow, syncRuns } from './sync.ts';
export { targetOf } from './target.ts';
export { trackRun, trackRunOfSweep, trackSweep } from './track.ts';
export type {
  Closed,
  CloseOptions,
  SweepTracker,
  Tracker,
  TrackOptions,
  TrackRunOptions,
  TrackSweepOptions,
} from './tracker.ts';
