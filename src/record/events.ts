import { join } from 'node:path';
import { followLines, LineWriter, parseLines, readLines } from '../base/lines.ts';
import { decodeNumber, decodeValues, encodeNumber, encodeValues } from '../base/numbers.ts';
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
  | Written.FailedEvent;

type Body<T extends Event['type']> = Omit<Extract<Event, { type: T }>, 'type' | 'time'>;

/** Appends a run's events. One writer a run: its trainer. */
export interface EventWriter {
  metric(event: Body<'metric'>): void;
  artifact(event: Body<'artifact'>): void;
  checkpoint(event: Body<'checkpoint'>): void;
  progress(event: Body<'progress'>): void;
  warning(event: Body<'warning'>): void;
  finished(event: Body<'finished'>): void;
  failed(event: Body<'failed'>): void;
  /** Waits until everything written is on the disk. */
  sync(): void;
  close(): void;
}

export const eventsFile = (runDir: string): string => join(runDir, 'events.jsonl');

export function openEvents(runDir: string): EventWriter {
  const lines = new LineWriter(eventsFile(runDir));
  const write = (type: Event['type']) => (body: object) =>
    lines.write(encode({ type, time: Date.now(), ...body }));
  return {
    metric: write('metric'),
    artifact: write('artifact'),
    checkpoint: write('checkpoint'),
    progress: write('progress'),
    warning: write('warning'),
    finished: write('finished'),
    failed: write('failed'),
    sync: () => lines.sync(),
    close: () => lines.close(),
  };
}

/** A run's events; what is no event is left out. */
export function readEvents(runDir: string): Event[] {
  return readLines(eventsFile(runDir)).flatMap(decode);
}

/** A run's events, those that are there (from a position in bytes, if given) and those that come, until `signal` is aborted. */
export async function* followEvents(
  runDir: string,
  options: { signal: AbortSignal; from?: number },
): AsyncGenerator<Event> {
  for await (const line of followLines(eventsFile(runDir), options)) yield* decode(line);
}

/** The event of one line of the file; undefined where it holds none. */
export function decodeLine(line: string): Event | undefined {
  return parseLines(line).flatMap(decode)[0];
}

/** Keys whose value is one number. */
const numbers = ['score', 'loss', 'best', 'images_per_second'];

function encode(event: Record<string, unknown>): object {
  const line = { ...event };
  for (const key of ['values', 'metrics']) if (key in line) line[key] = encodeValues(line[key] as Numbers);
  for (const key of numbers) if (typeof line[key] === 'number') line[key] = encodeNumber(line[key] as number);
  return line;
}

const required: Record<Event['type'], readonly string[]> = {
  metric: ['step', 'values'],
  artifact: ['path', 'kind'],
  checkpoint: ['path'],
  progress: ['done', 'total'],
  warning: ['code', 'message'],
  finished: ['metrics'],
  failed: ['code', 'message'],
};

function decode(line: object): Event[] {
  const event = { ...line } as Record<string, unknown>;
  const keys = required[event.type as Event['type']];
  if (!keys || keys.some((key) => event[key] === undefined)) return [];
  for (const key of ['values', 'metrics']) if (key in event) event[key] = decodeValues(event[key]);
  for (const key of numbers) if (event[key] !== undefined) event[key] = decodeNumber(event[key]);
  if (typeof event.time !== 'number') event.time = 0;
  // Trainers of other makes may leave the epoch out.
  if (event.type === 'metric' && typeof event.epoch !== 'number') event.epoch = 0;
  return [event as unknown as Event];
}
