export { targetOf } from './target.ts';
export { trackRun, trackSweep } from './track.ts';
export type {
  Closed,
  CloseOptions,
  SweepTracker,
  Tracker,
  TrackOptions,
  TrackRunOptions,
  TrackSweepOptions,
} from './tracker.ts';
