import { FacecomError } from '../../../base/errors.ts';
import type { RunStatus } from '../../../record/index.ts';

const units = { h: 1 / 24, d: 1, w: 7 };

/** Days of `12h`, `30d`, `4w`. */
export function ageOf(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)([hdw])$/.exec(text.trim()) ?? [];
  if (number === undefined)
    throw new FacecomError('option-value', '--older-than is no age.', {
      found: text,
      expected: 'a number of hours, days or weeks, such as 12h, 30d or 4w',
      exitCode: 2,
    });
  return Number(number) * units[unit as keyof typeof units];
}

const ends: readonly RunStatus[] = ['finished', 'failed', 'stopped', 'pruned', 'interrupted', 'queued'];

/** The states of `--status`. */
export function statesOf(text: string): RunStatus[] {
  return text.split(',').map((word) => {
    const state = ends.find((name) => name === word.trim());
    if (state) return state;
    throw new FacecomError('option-value', '--status names no state that a run ends in.', {
      found: word,
      expected: ends.join(', '),
      exitCode: 2,
    });
  });
}
