import type { TopLevelSpec } from 'vega-lite';
import { type Point, thin } from '../curves.ts';
import { drawn } from '../text.ts';
import { extentOf, plot, quantitative, small } from './plot.ts';
import { palette, series } from './theme.ts';

export interface OverlaidCurve {
  /** What the legend says; undefined: one of many, without an entry of its own. */
  label?: string;
  points: readonly Point[];
}

/** Up to here curves have colours of their own. */
const FEW = series.length;

/**
 * Curves of one metric in one panel: few in colours of their own; of many those with a label before the crowd.
 */
export function overlayChart(
  curves: readonly OverlaidCurve[],
  {
    title,
    metric,
    unit,
    size = small,
  }: { title: string; metric: string; unit: string; size?: { width: number; height: number } },
): TopLevelSpec | undefined {
  const most = Math.max(40, Math.floor(12_000 / Math.max(1, curves.length)));
  const rows = curves.flatMap(({ label, points }, key) =>
    thin(points, Math.min(400, most)).flatMap(({ x, y }) => {
      const value = drawn(y);
      return value === null ? [] : [{ key, x, y: value, label: label ?? '' }];
    }),
  );
  if (rows.length === 0) return undefined;
  const labels = [...new Set(curves.flatMap(({ label }) => (label === undefined ? [] : [label])))].slice(
    0,
    FEW,
  );
  const colours = labels.length === 1 ? [palette.orange] : series;
  const scores = rows.every(({ y }) => y >= 0 && y <= 1);
  const x = quantitative('x', {
    ...{ title: unit, domain: extentOf(rows.map((row) => row.x)) },
    whole: true,
    format: '~f',
  });
  const y = quantitative('y', {
    title: metric,
    ...(scores && !/loss/.test(metric) ? { domain: [0, 1] as [number, number] } : {}),
  });
  const detail = { field: 'key', type: 'nominal' };
  return plot(
    { title, size },
    {
      layer: [
        {
          data: {
            values: rows.filter(({ label }) => !labels.includes(label)).map(({ label: _, ...row }) => row),
          },
          mark: {
            type: 'line',
            strokeWidth: 1,
            opacity: curves.length > 40 ? 0.25 : 0.45,
            color: palette.sky,
          },
          encoding: { x, y, detail },
        },
        {
          data: { values: rows.filter(({ label }) => labels.includes(label)) },
          mark: { type: 'line', strokeWidth: 2 },
          encoding: {
            x,
            y,
            detail,
            color: {
              field: 'label',
              type: 'nominal',
              scale: { domain: labels, range: colours.slice(0, labels.length) },
              legend: { columns: 1, labelLimit: size.width, title: null },
            },
          },
        },
      ],
    },
  );
}
