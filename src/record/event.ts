import type * as Written from './event.generated.ts';

type Numbers = Record<string, number>;

/** An event in memory: numbers are numbers. In the file, schemas/record-event.schema.json, NaN and infinities are strings. */
export type Event =
  | (Omit<Written.MetricEvent, 'values'> & { values: Numbers })
  | Written.ArtifactEvent
  | (Omit<Written.CheckpointEvent, 'score'> & { score?: number })
  | (Omit<Written.ProgressEvent, 'loss' | 'best' | 'images_per_second'> & {
      loss?: number;
      best?: number;
      images_per_second?: number;
    })
  | Written.WarningEvent
  | (Omit<Written.FinishedEvent, 'metrics'> & { metrics: Numbers })
  | Written.StoppedEvent
  | Written.FailedEvent;
