import type { TopLevelSpec } from 'vega-lite';
import { isDrawable } from '../text.ts';
import type { PointRow, SweepRecord } from '../trials/read-sweep.ts';
import { isWide, label, sortedLabels } from './objective-chart.ts';
import { extentOf, plot } from './plot.ts';
import { best as bestColour, ink } from './theme.ts';

const GAP = 118; // pixels between axes
const MOST = 12; // axes

/** An axis with places from 0 (below) to 1. */
interface Scale {
  name: string;
  place: (point: PointRow) => number | undefined;
  ticks: { at: number; text: string }[];
}

/** A line a point through its values and its result, coloured by the result, the best in front. Undefined with fewer than two axes. */
export function parallelChart(sweep: SweepRecord): TopLevelSpec | undefined {
  const points = sweep.points.filter(({ result }) => result && isDrawable(result.mean));
  const varied = sweep.axes.filter(
    (axis) => new Set(points.map((point) => label(point.axes, axis))).size > 1,
  );
  if (points.length < 2 || varied.length < 2) return undefined;
  const { metric, mode } = sweep.objective;
  const scales = [
    ...varied.slice(0, MOST).map((axis) => scaleOf(axis, points)),
    numberScale(
      metric,
      points.map(({ result }) => result!.mean),
      (point) => point.result?.mean,
    ),
  ];
  const means = points.map(({ result }) => result!.mean);
  const rows = points
    .flatMap((point, rank) =>
      scales.flatMap(({ place }, k) => {
        const y = place(point);
        return y === undefined ? [] : [{ key: rank, x: k, y, value: point.result!.mean, best: rank === 0 }];
      }),
    )
    .reverse();
  const marks = scales.flatMap(({ ticks }, x) => ticks.map(({ at, text }) => ({ x, y: at, text })));
  const x = {
    field: 'x',
    type: 'quantitative',
    scale: { domain: [0, scales.length - 1], nice: false },
    axis: null,
  };
  const y = { field: 'y', type: 'quantitative', scale: { domain: [0, 1], nice: false }, axis: null };
  const domain = extentOf(means);
  const crowd = points.length > 40 ? 0.4 : 0.7;
  return plot(
    {
      title: 'Every point through its values',
      subtitle: `${points.length} points, the best in orange; ${mode === 'max' ? 'darker is better' : 'lighter is better'}`,
      size: { width: GAP * (scales.length - 1), height: 250 },
    },
    {
      padding: { left: 44, right: 60, top: 10, bottom: 10 },
      layer: [
        {
          data: { values: scales.map((_, k) => ({ x: k, y: 0, top: 1 })) },
          mark: { type: 'rule', color: ink.axis },
          encoding: { x, y, y2: { field: 'top' } },
        },
        {
          data: { values: rows.filter((row) => !row.best) },
          mark: { type: 'line', strokeWidth: 1.4, opacity: crowd },
          encoding: {
            x,
            y,
            detail: { field: 'key', type: 'nominal' },
            color: {
              field: 'value',
              type: 'quantitative',
              scale: {
                domain,
                range: ['#c6dcec', '#0b5c92'],
              },
              legend: null,
            },
          },
        },
        {
          data: { values: rows.filter((row) => row.best) },
          mark: { type: 'line', strokeWidth: 2.6, color: bestColour },
          encoding: { x, y },
        },
        ...[{ stroke: ink.background, strokeWidth: 3, strokeJoin: 'round' }, {}].map((halo) => ({
          data: { values: marks },
          mark: { type: 'text', align: 'left', dx: 5, fontSize: 10.5, color: ink.muted, ...halo },
          encoding: { x, y, text: { field: 'text' } },
        })),
        {
          data: { values: scales.map(({ name }, k) => ({ x: k, y: 1, text: shortPath(name) })) },
          mark: { type: 'text', dy: -14, fontSize: 11, fontWeight: 600, color: ink.text },
          encoding: { x, y, text: { field: 'text' } },
        },
      ],
    },
  );
}

/** At most about a gap's width. */
function shortPath(path: string): string {
  const last = path.length > 18 ? path.slice(path.lastIndexOf('.') + 1) : path;
  return last.length > 18 ? `…${last.slice(-17)}` : last;
}

const SIDE_BY_SIDE = 8;

function scaleOf(axis: string, points: readonly PointRow[]): Scale {
  const values = points.map((point) => point.axes[axis]);
  const numeric = values.every((value) => typeof value === 'number' && isDrawable(value));
  if (numeric && new Set(values).size > SIDE_BY_SIDE)
    return numberScale(axis, values as number[], (point) => point.axes[axis] as number);
  const labels = sortedLabels([...points], axis, numeric);
  const place = (text: string) => (labels.length < 2 ? 0.5 : labels.indexOf(text) / (labels.length - 1));
  const shown =
    labels.length > 12 ? labels.filter((_, i) => i % Math.ceil(labels.length / 12) === 0) : labels;
  return {
    name: axis,
    place: (point) => place(label(point.axes, axis)),
    ticks: shown.map((text) => ({
      at: place(text),
      text: text.length > 14 ? `${text.slice(0, 13)}…` : text,
    })),
  };
}

function numberScale(
  name: string,
  values: readonly number[],
  of: (point: PointRow) => number | undefined,
): Scale {
  const log = isWide(values);
  const to = log ? Math.log : (value: number) => value;
  const [low, high] = extentOf(values.map(to));
  const back = log ? Math.exp : (value: number) => value;
  const place = (value: number) => (to(value) - low) / (high - low);
  return {
    name,
    place: (point) => {
      const value = of(point);
      return value === undefined ? undefined : place(value);
    },
    ticks: [0, 0.25, 0.5, 0.75, 1].map((at) => ({
      at,
      text: String(Number(back(low + at * (high - low)).toPrecision(3))),
    })),
  };
}
