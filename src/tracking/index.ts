export type {
  Closed,
  SweepFacts,
  SweepTracker,
  Tracker,
  TrackRun,
  TrackRunOptions,
  TrackSweep,
  TrackSweepOptions,
} from './tracker.ts';
