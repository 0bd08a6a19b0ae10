import type { TopLevelSpec } from 'vega-lite';
import { isDrawable } from '../text.ts';
import type { PointRow } from '../trials/read-sweep.ts';
import { extentOf, plot, small } from './plot.ts';
import { ink, palette } from './theme.ts';

/** Where a mixture of three lies in a triangle whose sides are 1: all of the first left below, of the second right below, of the third on top. */
export function place([, b, c]: readonly [number, number, number], total: number): { x: number; y: number } {
  return { x: (b + c / 2) / total, y: (c * Math.sqrt(3)) / 2 / total };
}

/** The objective of points whose three weights add up to a total, the darker the better; undefined of fewer than three points. */
export function ternaryChart(
  points: readonly PointRow[],
  {
    paths,
    total,
    metric,
    mode,
    name,
  }: {
    paths: readonly [string, string, string];
    total: number;
    metric: string;
    mode: 'min' | 'max';
    name: string;
  },
): TopLevelSpec | undefined {
  const rows = points.flatMap(({ axes, result }, rank) => {
    if (!result || !isDrawable(result.mean)) return [];
    const weights = paths.map((path) => axes[path] as number) as [number, number, number];
    return [{ ...place(weights, total), value: result.mean, best: rank === 0 }];
  });
  if (rows.length < 3) return undefined;
  const last = (path: string) => path.slice(path.lastIndexOf('.') + 1);
  const corners = [
    { ...place([1, 0, 0], 1), text: last(paths[0]), dy: 14 },
    { ...place([0, 1, 0], 1), text: last(paths[1]), dy: 14 },
    { ...place([0, 0, 1], 1), text: last(paths[2]), dy: -12 },
  ];
  const edge = [...corners, corners[0]!].map(({ x, y }, order) => ({ x, y, order }));
  const scale = (domain: [number, number]) => ({ domain, nice: false });
  const x = { field: 'x', type: 'quantitative', scale: scale([-0.08, 1.08]), axis: null };
  const y = { field: 'y', type: 'quantitative', scale: scale([-0.08, 0.95]), axis: null };
  const shades = ['#c6dcec', '#0b5c92'];
  return plot(
    {
      title: `${metric} over ${paths.map(last).join(', ')}${name ? `, ${name}` : ''}`,
      subtitle: 'A corner is all of one weight; darker is better, the best ringed',
      size: { width: small.width, height: 226 },
    },
    {
      layer: [
        {
          data: { values: edge },
          mark: { type: 'line', color: ink.axis, strokeWidth: 1 },
          encoding: { x, y, order: { field: 'order', type: 'quantitative' } },
        },
        {
          data: { values: rows },
          mark: {
            type: 'point',
            filled: true,
            size: 150,
            opacity: 1,
            stroke: palette.blue,
            strokeWidth: 0.7,
          },
          encoding: {
            x,
            y,
            color: {
              field: 'value',
              type: 'quantitative',
              scale: {
                domain: extentOf(rows.map(({ value }) => value)),
                range: mode === 'max' ? shades : shades.toReversed(),
              },
              legend: null,
            },
          },
        },
        {
          data: { values: rows.filter(({ best }) => best) },
          mark: { type: 'point', filled: false, size: 320, strokeWidth: 2, color: ink.text },
          encoding: { x, y },
        },
        ...corners.map((corner) => ({
          data: { values: [corner] },
          mark: { type: 'text', dy: corner.dy, fontSize: 11, fontWeight: 600, color: ink.text },
          encoding: { x, y, text: { field: 'text' } },
        })),
      ],
    },
  );
}
