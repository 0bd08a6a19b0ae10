import { join } from 'node:path';
import { followLines, LineWriter, linesOf } from '../base/lines.ts';
import { encodeNumber, encodeValues } from '../base/numbers.ts';
import { decodeEvent } from './decode-event.ts';
import type { Event } from './event.ts';
import { EventDecoder } from './event-decoder.ts';

type Body<T extends Event['type']> = Omit<Extract<Event, { type: T }>, 'type' | 'time'>;

/** Appends a run's events. One writer a run: its trainer. */
export interface EventWriter {
  metric(event: Body<'metric'>): void;
  artifact(event: Body<'artifact'>): void;
  checkpoint(event: Body<'checkpoint'>): void;
  progress(event: Body<'progress'>): void;
  warning(event: Body<'warning'>): void;
  finished(event: Body<'finished'>): void;
  stopped(event: Body<'stopped'>): void;
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
    stopped: write('stopped'),
    failed: write('failed'),
    sync: () => lines.sync(),
    close: () => lines.close(),
  };
}

/** A run's events; what of the file is no event is a warning in its place (see EventDecoder). */
export function readEvents(runDir: string): Event[] {
  const file = eventsFile(runDir);
  const decoder = new EventDecoder(file);
  const events: Event[] = [];
  for (const line of linesOf(file)) for (const event of decoder.decode(line)) events.push(event);
  events.push(...decoder.summary());
  return events;
}

/**
 * A run's events, those that are there (from a position in bytes, if given) and those that come, until `signal` is aborted. What is
 * wrong with a line is a warning in its place; `decoder` knows what was in all.
 */
export async function* followEvents(
  runDir: string,
  {
    decoder = new EventDecoder(eventsFile(runDir)),
    ...options
  }: { signal: AbortSignal; from?: number; decoder?: EventDecoder },
): AsyncGenerator<Event> {
  for await (const line of followLines(eventsFile(runDir), options)) yield* decoder.decode(line);
  yield* decoder.summary();
}

/** The event of one line of the file; undefined if it holds none. */
export const decodeLine = (line: string): Event | undefined => decodeEvent(line).event;

/** Keys whose value is one number. */
const numbers = ['score', 'loss', 'best', 'images_per_second'];

function encode(event: Record<string, unknown>): object {
  const line = { ...event };
  for (const key of ['values', 'metrics'])
    if (key in line) line[key] = encodeValues(line[key] as Record<string, number>);
  for (const key of numbers) if (typeof line[key] === 'number') line[key] = encodeNumber(line[key] as number);
  return line;
}
