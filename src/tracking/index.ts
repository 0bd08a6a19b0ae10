export type {
  Closed,
  CloseOptions,
  SweepTracker,
  Tracker,
  TrackOptions,
  TrackRun,
  TrackRunOptions,
  TrackSweep,
  TrackSweepOptions,
} from './tracker.ts';
