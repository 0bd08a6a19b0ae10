import type { TopLevelSpec } from 'vega-lite';
import { type Objective, frontOf as pointsOnFront, type Result } from '../../record/index.ts';
import { isDrawable } from '../text.ts';
import { metricOf } from '../trials/point-metrics.ts';
import type { PointRow } from '../trials/read-sweep.ts';
import { plot, quantitative } from './plot.ts';
import { best as bestColour, ink, palette } from './theme.ts';

interface Traded {
  point: PointRow;
  x: Result;
  y: Result;
}

/** Points with both metrics, and those that no other beats in both. */
export function frontOf(
  points: readonly PointRow[],
  [first, second]: readonly [Objective, Objective],
): { all: Traded[]; front: Traded[] } {
  const all = points.flatMap((point) => {
    const [x, y] = [metricOf(point, first.metric), metricOf(point, second.metric)];
    return x && y && isDrawable(x.mean) && isDrawable(y.mean) ? [{ point, x, y }] : [];
  });
  const onFront = new Set(
    pointsOnFront(
      all.map(({ point }) => point),
      [first, second],
    ).map(({ point }) => point),
  );
  const front = all.filter(({ point }) => onFront.has(point));
  return { all, front: front.sort((a, b) => a.x.mean - b.x.mean) };
}

/** One metric against another, a dot a point with its intervals over seeds; the front is joined, the best point ringed. */
export function frontChart(
  points: readonly PointRow[],
  pair: readonly [Objective, Objective],
): TopLevelSpec | undefined {
  const { all, front } = frontOf(points, pair);
  if (all.length < 2) return undefined;
  const row = ({ point, x, y }: Traded) => ({
    x: x.mean,
    y: y.mean,
    left: x.interval?.[0] ?? x.mean,
    right: x.interval?.[1] ?? x.mean,
    low: y.interval?.[0] ?? y.mean,
    high: y.interval?.[1] ?? y.mean,
    best: point === points[0] && point.result !== undefined,
  });
  const values = all.map(row);
  const [first, second] = pair;
  const x = quantitative('x', { title: first.metric });
  const y = quantitative('y', { title: second.metric });
  // So many intervals would hide the points.
  const bars = all.length <= 60;
  return plot(
    {
      title: 'What is traded off',
      subtitle: `${front.length} of ${all.length} points on the front, the best ringed`,
    },
    {
      layer: [
        {
          data: { values: front.map(row) },
          mark: {
            type: 'line',
            interpolate: 'step-after',
            color: bestColour,
            strokeWidth: 1.5,
            opacity: 0.8,
          },
          encoding: { x, y },
        },
        ...(bars
          ? [
              {
                data: { values },
                mark: { type: 'rule', strokeWidth: 1, opacity: 0.45, color: palette.blue },
                encoding: { x: { ...x, field: 'left' }, x2: { field: 'right' }, y },
              },
              {
                data: { values },
                mark: { type: 'rule', strokeWidth: 1, opacity: 0.45, color: palette.blue },
                encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' } },
              },
            ]
          : []),
        {
          data: { values },
          mark: { type: 'point', filled: true, size: bars ? 46 : 22, opacity: 0.9, color: palette.blue },
          encoding: { x, y },
        },
        {
          data: { values: values.filter(({ best }) => best) },
          mark: { type: 'point', filled: false, size: 190, strokeWidth: 2, color: ink.text },
          encoding: { x, y },
        },
      ],
    },
  );
}
