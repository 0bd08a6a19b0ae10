import type { Measured } from './distribution.ts';

/** More values than this on one axis are a slip of the pen. */
export const MAX_VALUES = 1_000_000;

/** Decimals with which a number is written: 2 for 0.25, 5 for 1e-5. */
function decimalsOf(value: number): number {
  const [mantissa, exponent] = String(value).split('e');
  const fraction = mantissa!.split('.')[1]?.length ?? 0;
  return Math.max(0, fraction - Number(exponent ?? 0));
}

/** `low + k × step` as it would be written by hand: 0.3, not 0.30000000000000004. */
export function multiple(low: number, step: number, k: number): number {
  const decimals = Math.max(decimalsOf(low), decimalsOf(step));
  const value = low + k * step;
  return decimals > 20 ? value : Number(value.toFixed(decimals));
}

/** How many of low, low + step, … are not above high; forgives the rounding of a high that is one of them. */
export function countOf(low: number, high: number, step: number): number {
  return Math.floor((high - low) / step + 1e-9) + 1;
}

/** The values low, low + step, … up to high. */
export function multiples(low: number, high: number, step: number): number[] {
  return Array.from({ length: countOf(low, high, step) }, (_, k) => multiple(low, step, k));
}

/** Values low, low + step, … as numbers on a scale. */
export function stepped(low: number, step: number, count: number, log = false): Measured {
  return {
    coordinate: { kind: 'number', low, high: multiple(low, step, count - 1), step, ...(log ? { log } : {}) },
    measure: (value) => value,
    value: (x) => multiple(low, step, Math.min(count - 1, Math.max(0, Math.round((x - low) / step)))),
  };
}

/** One of a list, each as likely. */
export function pickAt<T>(list: readonly T[], u: number): T {
  return list[Math.min(list.length - 1, Math.floor(u * list.length))]!;
}
