import { cleanName, cleanText } from '../base/clean-text.ts';
import { parseLine } from '../base/lines.ts';
import { decodeNumber } from '../base/numbers.ts';
import { isRecord } from '../base/objects.ts';
import { classes } from './classes.ts';
import type { Event } from './event.ts';

/** What is wrong with a line of a trainer's record. */
export interface LineProblem {
  /** `record-line`: there is no event in it; `record-value`: a value of it is left out; `record-time`: its time is none. */
  code: 'record-line' | 'record-value' | 'record-time';
  /** Follows the line's number, as in "line 3 …". */
  message: string;
  /** Problems of one kind have the same. */
  kind: string;
}

type Kind = 'text' | 'name' | 'number' | 'value' | 'values' | 'class';

/** The keys of each type of event; those after `optional` may be left out. What else a line holds is nobody's. */
const shapes: Record<Event['type'], { needed: Record<string, Kind>; optional?: Record<string, Kind> }> = {
  metric: { needed: { step: 'number', values: 'values' }, optional: { epoch: 'number' } },
  artifact: { needed: { path: 'name', kind: 'name' } },
  checkpoint: { needed: { path: 'name' }, optional: { score: 'value' } },
  progress: {
    needed: { done: 'number', total: 'number' },
    optional: {
      unit: 'name',
      stage: 'name',
      epoch: 'number',
      epochs: 'number',
      step: 'number',
      loss: 'value',
      images_per_second: 'value',
      best: 'value',
    },
  },
  warning: { needed: { code: 'name', message: 'text' } },
  finished: { needed: { metrics: 'values' } },
  stopped: { needed: {}, optional: { reason: 'text' } },
  failed: { needed: { code: 'name', message: 'text' }, optional: { class: 'class' } },
};

/**
 * The event of a line, and what is wrong with it. A value of the wrong kind is left out and reported; where the event cannot be
 * without it, there is none. `text` is undefined for a line that was too long to be read.
 */
export function decodeEvent(text: string | undefined): { event?: Event; problems: LineProblem[] } {
  const problems: LineProblem[] = [];
  const unreadable = (kind: string, message = kind) => {
    problems.push({ code: 'record-line', kind, message });
    return { problems };
  };
  if (text === undefined) return unreadable('is longer than 16 MB');
  if (text.trim() === '') return { problems };
  const line = parseLine(text) as Record<string, unknown> | undefined;
  if (!line) return unreadable('is no JSON object', `is no JSON object: ${shown(text)}`);
  const type = own(line, 'type');
  if (typeof type !== 'string' || !Object.hasOwn(shapes, type))
    return unreadable(`type ${shown(type)}`, `has the type ${shown(type)}, which is none of an event`);
  const { needed, optional = {} } = shapes[type as Event['type']];
  const event: Record<string, unknown> = { type, time: timeOf(own(line, 'time'), problems) };
  for (const [key, kind] of [...Object.entries(needed), ...Object.entries(optional)]) {
    const given = own(line, key);
    if (given === undefined || (given === null && !Object.hasOwn(needed, key))) {
      if (Object.hasOwn(needed, key))
        return unreadable(`${type} ${key}`, `is of type ${type}, but has no ${key}`);
      continue;
    }
    const value = valueAs(given, kind, key, problems);
    if (value !== undefined) event[key] = value;
    else if (Object.hasOwn(needed, key))
      return unreadable(`${type} ${key}`, `is of type ${type}, but its ${key} is ${describe(given)}`);
    else problems.push(wrong(key, given));
  }
  // External trainers may leave these out.
  if (type === 'metric') event.epoch ??= 0;
  if (type === 'progress') event.unit ??= '';
  return { event: event as unknown as Event, problems };
}

const own = (line: Record<string, unknown>, key: string): unknown =>
  Object.hasOwn(line, key) ? line[key] : undefined;

/** Undefined for what is not of this kind. */
function valueAs(given: unknown, kind: Kind, key: string, problems: LineProblem[]): unknown {
  switch (kind) {
    case 'text':
      return typeof given === 'string' ? cleanText(given) : undefined;
    case 'name':
      return typeof given === 'string' ? cleanName(given) : undefined;
    case 'number':
      return typeof given === 'number' && Number.isFinite(given) ? given : undefined;
    case 'value':
      return isNumber(given) ? decodeNumber(given) : undefined;
    case 'class':
      return (classes.told as readonly unknown[]).includes(given) ? given : undefined;
    case 'values':
      return isRecord(given) ? numbersOf(given, key, problems) : undefined;
  }
}

/** The numbers of a map by name; what is none is left out and reported. */
function numbersOf(map: Record<string, unknown>, key: string, problems: LineProblem[]): object {
  const numbers: [string, number][] = [];
  for (const [name, value] of Object.entries(map)) {
    if (isNumber(value)) numbers.push([cleanName(name), decodeNumber(value)]);
    else problems.push(wrong(`${key === 'values' ? '' : `${key} `}${cleanName(name)}`, value));
  }
  return Object.fromEntries(numbers);
}

const isNumber = (value: unknown): boolean =>
  typeof value === 'number' || value === 'NaN' || value === 'Infinity' || value === '-Infinity';

function wrong(name: string, value: unknown): LineProblem {
  return {
    code: 'record-value',
    kind: `value ${name}`,
    message: `gives ${name} as ${describe(value)}: it is left out`,
  };
}

/** What Date can hold. */
const LAST_TIME = 8.64e15;
/** 1973 in seconds, and in milliseconds: a time between the two is one of seconds. */
const SECONDS = { from: 1e8, to: 1e11 };

function timeOf(time: unknown, problems: LineProblem[]): number {
  const report = (kind: string, message: string) => problems.push({ code: 'record-time', kind, message });
  if (time === undefined) return 0;
  if (typeof time !== 'number' || !(time >= 0 && time <= LAST_TIME)) {
    report('time', `gives ${describe(time)} as its time, which is none in milliseconds since 1970`);
    return 0;
  }
  if (time < SECONDS.from || time >= SECONDS.to) return time;
  report('seconds', `gives its time in seconds (${time}): it is read so, and should be in milliseconds`);
  return time * 1000;
}

/** A value with its kind, for a message. */
function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  return typeof value === 'string' ? `the text ${shown(value)}` : String(value);
}

function shown(value: unknown): string {
  if (typeof value !== 'string') return describe(value);
  const start = cleanName(value.slice(0, 60));
  return JSON.stringify(value.length > 60 ? `${start}…` : start);
}
