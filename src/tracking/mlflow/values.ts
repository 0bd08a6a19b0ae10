import { FacecomError } from '../../base/errors.ts';
import { wellFormed, whole } from './names.ts';

/** A point of a metric as MLflow's REST API takes it. */
export interface Metric {
  key: string;
  /** NaN and the infinities are strings: JSON's null would have the whole batch refused, a bare NaN everything after it dropped. */
  value: number | 'NaN' | 'Infinity' | '-Infinity';
  /** Milliseconds since 1970, whole. */
  timestamp: number;
  /** Whole. */
  step: number;
}

export interface Entry {
  key: string;
  value: string;
}

export const LONGEST_PARAM = 6000; // characters; the server cuts what is longer and does not say so
export const LONGEST_TAG = 8000;

export function metric(key: string, value: number, timestamp: number, step: number): Metric {
  return {
    key,
    value: Number.isFinite(value) ? value : (String(value) as 'NaN'),
    timestamp: Math.max(0, Math.trunc(timestamp)),
    step: Math.trunc(step),
  };
}

/** A value as a text that the server does not cut: what is too long ends with where the whole of it is. */
export function text(value: unknown, longest: number, rest: string): string {
  const full = wellFormed(typeof value === 'string' ? value : (JSON.stringify(value) ?? 'null'));
  if (full.length <= longest) return full;
  const end = ` … (${full.length} characters; ${rest})`;
  return whole(full, longest - end.length) + end;
}

/**
 * What the server would take with status 200 and yet lose: a value, step or timestamp that is no number of its kind, a text that
 * is none or too long. Throws FacecomError `mlflow-invalid`, before anything is sent.
 */
export function checkMetric({ key, value, timestamp, step }: Metric): void {
  checkKey(key);
  const number = typeof value === 'number' && Number.isFinite(value);
  if (!number && value !== 'NaN' && value !== 'Infinity' && value !== '-Infinity')
    throw invalid(
      `The metric ${key} has no number as value.`,
      value,
      'a number, "NaN", "Infinity" or "-Infinity"',
    );
  if (!Number.isSafeInteger(step)) throw invalid(`The metric ${key} has no whole step.`, step, 'an integer');
  if (!Number.isSafeInteger(timestamp) || timestamp < 0)
    throw invalid(`The metric ${key} has no whole timestamp.`, timestamp, 'milliseconds since 1970');
}

export function checkEntry(kind: 'param' | 'tag', { key, value }: Entry): void {
  checkKey(key);
  const longest = kind === 'param' ? LONGEST_PARAM : LONGEST_TAG;
  if (typeof value !== 'string') throw invalid(`The ${kind} ${key} is no text.`, value, 'a text');
  if (value.length > longest)
    throw invalid(`The ${kind} ${key} is too long.`, `${value.length} characters`, `at most ${longest}`);
}

function checkKey(key: unknown): void {
  if (typeof key !== 'string' || key === '' || key.length > 250)
    throw invalid('A name is empty, too long or no text.', key, '1 to 250 characters');
}

function invalid(message: string, found: unknown, expected: string): FacecomError {
  const shown = typeof found === 'string' ? found : (JSON.stringify(found) ?? String(found));
  return new FacecomError('mlflow-invalid', message, { found: shown.slice(0, 200), expected });
}
