import type { TopLevelSpec } from 'vega-lite';
import { title as safe } from '../text.ts';
import { ink } from './theme.ts';

/** Pixels of a panel that fits on a phone. */
export const small = { width: 262, height: 190 };
export const wide = { width: 560, height: 260 };

export const quantitative = (
  field: string,
  { title, domain, log = false, zero = false, whole = false, format }: AxisOptions,
): object => ({
  field,
  type: 'quantitative',
  scale: {
    ...(domain ? { domain, nice: false } : { zero, nice: 5 }),
    ...(log ? { type: 'log', nice: false } : {}),
  },
  axis: {
    title: safe(title),
    tickCount: 5,
    ...(whole ? { tickMinStep: 1 } : {}),
    ...(format ? { format } : {}),
  },
});

export interface AxisOptions {
  title: string;
  domain?: [number, number];
  log?: boolean;
  zero?: boolean;
  /** Of counts, such as epochs: no ticks between. */
  whole?: boolean;
  format?: string;
}

/** A chart with a title of its own; `spec` is its marks. */
export function plot(
  {
    title,
    subtitle,
    size = small,
  }: { title: string; subtitle?: string; size?: { width: number; height: number } },
  spec: object,
): TopLevelSpec {
  return {
    title: {
      text: safe(title),
      fontSize: 13.5,
      offset: 10,
      ...(subtitle ? { subtitle, subtitleFontSize: 11 } : {}),
    },
    ...size,
    ...spec,
  } as unknown as TopLevelSpec;
}

/** From corner to corner: chance, or perfect calibration. */
export const diagonal = (from: [number, number], to: [number, number]): object => ({
  data: {
    values: [
      { x: from[0], y: from[1] },
      { x: to[0], y: to[1] },
    ],
  },
  mark: { type: 'line', strokeDash: [3, 3], strokeWidth: 1, color: ink.axis },
  encoding: { x: { field: 'x', type: 'quantitative' }, y: { field: 'y', type: 'quantitative' } },
});

/** The least and the greatest of values; an empty range is widened so that an axis can divide it. */
export function extentOf(values: readonly number[]): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low === high ? [low - 1, high + 1] : [low, high];
}
