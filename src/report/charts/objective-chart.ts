import type { TopLevelSpec } from 'vega-lite';
import { formatNumber, plural } from '../../base/format.ts';
import { plain } from '../page/html.ts';
import { drawn, isDrawable, title } from '../text.ts';
import type { PointRow, SweepRecord } from '../trials/read-sweep.ts';
import { simplexOf } from '../trials/simplex.ts';
import { ink, palette, series } from './theme.ts';

/** Pixels of a panel, in one image and on a page, where it has to do on a phone. */
const inImage = { width: 320, height: 220 };
const onPage = { width: 262, height: 190 };
/** Up to here the values of an axis stand side by side; more numbers make a scale. */
const SIDE_BY_SIDE = 8;
const MOST_AXES = 9;
/** More points than these are smaller. */
const CROWD = 60;

/** The objective against each axis: every trial as a small dot, every point's mean with its interval; the best one is ringed. */
export function objectiveChart(sweep: SweepRecord): TopLevelSpec | undefined {
  const found = drawnAxes(sweep);
  if (!found) return undefined;
  const { points, axes, shown } = found;
  const more =
    axes.length > shown.length
      ? `  ·  ${plural(axes.length - shown.length, 'more axis', 'more axes')} not drawn`
      : '';
  const { metric, mode } = sweep.objective;
  return {
    title: {
      text: `${metric} of ${sweep.name}`,
      subtitle: `${mode === 'max' ? 'higher' : 'lower'} is better  ·  mean of a point and its 95 % interval, small dots are single trials, the best point is ringed${more}`,
    },
    concat: shown.map((axis) => panel(axis, points, axes, metric, inImage)),
    columns: 3,
    align: 'all',
    spacing: { row: 30, column: 30 },
    resolve: { scale: { color: 'independent', xOffset: 'independent' } },
  } as unknown as TopLevelSpec;
}

/** The same axis by axis, for a page that lays them out. */
export function objectivePanels(sweep: SweepRecord): { title: string; spec: TopLevelSpec }[] {
  const found = drawnAxes(sweep);
  if (!found) return [];
  const { points, axes, shown } = found;
  const { metric } = sweep.objective;
  return shown.map((axis) => ({
    title: `${metric} against ${axis}`,
    spec: panel(axis, points, axes, metric, onPage) as TopLevelSpec,
  }));
}

function drawnAxes(sweep: SweepRecord) {
  const points = sweep.points.filter(
    ({ result }) => result && isDrawable(result.mean) && isDrawable(result.half ?? 0),
  );
  const axes = sweep.axes.filter((axis) => new Set(points.map((point) => label(point.axes, axis))).size > 1);
  if (points.length < 2 || axes.length === 0) return undefined;
  // Two weights that add up to one would be each other's mirror image.
  const simplex = simplexOf(sweep.points, axes);
  const mirrored = simplex?.paths.length === 2 ? simplex.paths[1] : undefined;
  return { points, axes, shown: axes.filter((axis) => axis !== mirrored).slice(0, MOST_AXES) };
}

function panel(
  axis: string,
  points: PointRow[],
  axes: string[],
  metric: string,
  size: { width: number; height: number },
): object {
  const values = points.map((point) => point.axes[axis]);
  const numeric = values.every((value) => typeof value === 'number' && isDrawable(value));
  const distinct = new Set(points.map((point) => label(point.axes, axis))).size;
  const scaled = numeric && distinct > SIDE_BY_SIDE;
  const hue = scaled ? undefined : hueAxis(axis, points, axes);
  const row = (point: PointRow) => ({
    x: scaled ? drawn(point.axes[axis] as number) : label(point.axes, axis),
    ...(hue === undefined ? {} : { hue: label(point.axes, hue) }),
  });
  const means = points.map((point, rank) => {
    const { mean, interval: [low, high] = [mean, mean], n } = point.result!;
    return { ...row(point), mean: drawn(mean), low: drawn(low), high: drawn(high), n, best: rank === 0 };
  });
  const trials = points.flatMap((point) =>
    point.trials.flatMap(({ status, value }) =>
      point.trials.length > 1 && status === 'finished' && value !== undefined && isDrawable(value)
        ? [{ ...row(point), mean: drawn(value) }]
        : [],
    ),
  );
  const x = scaled
    ? {
        field: 'x',
        type: 'quantitative',
        scale: {
          zero: false,
          nice: false,
          padding: 12,
          ...(isWide(values as number[]) ? { type: 'log' } : {}),
        },
        axis: { title: title(axis), tickCount: 5 },
      }
    : {
        field: 'x',
        type: 'ordinal',
        sort: sortedLabels(points, axis, numeric),
        axis: {
          title: title(axis),
          labelAngle: 0,
          labelLimit: Math.max(60, size.width / distinct - 6),
          ticks: false,
        },
        scale: { paddingInner: 0.3, paddingOuter: 0.2 },
      };
  const hues = hue === undefined ? [] : sortedLabels(points, hue, true);
  const shared = {
    x,
    ...(hue === undefined ? {} : { xOffset: { field: 'hue', type: 'nominal', scale: { domain: hues } } }),
    color:
      hue === undefined
        ? { value: palette.blue }
        : {
            field: 'hue',
            type: 'nominal',
            scale: { domain: hues, range: series },
            legend: legendOf(hue),
          },
  };
  const y = {
    field: 'mean',
    type: 'quantitative',
    scale: { zero: false, nice: 5 },
    axis: { title: title(metric), tickCount: 5 },
  };
  return {
    title: { text: title(axis), fontSize: 13.5, offset: hue === undefined ? 12 : 8 },
    ...size,
    data: { values: means },
    encoding: shared,
    layer: [
      {
        data: { values: trials },
        mark: { type: 'point', filled: true, size: 22, opacity: 0.4 },
        encoding: { y },
      },
      {
        transform: [{ filter: 'datum.high > datum.low' }],
        mark: { type: 'rule', strokeWidth: 1.8 },
        encoding: { y: { ...y, field: 'low' }, y2: { field: 'high' } },
      },
      {
        mark: { type: 'point', filled: true, size: points.length > CROWD ? 26 : 64, opacity: 1 },
        encoding: { y },
      },
      {
        transform: [{ filter: 'datum.best' }],
        mark: { type: 'point', filled: false, size: 210, strokeWidth: 2, color: ink.text },
        encoding: { y, color: { value: ink.text } },
      },
    ],
  };
}

function legendOf(hue: string): object {
  return {
    symbolType: 'circle',
    symbolSize: 70,
    symbolOpacity: 1,
    symbolStrokeWidth: 0,
    columnPadding: 10,
    title: title(hue),
    titleOrient: 'left',
    titleColor: ink.muted,
    titleFontWeight: 'normal',
    titlePadding: 8,
  };
}

/** The one other axis that the points differ in, if there is only one and it has few values. */
function hueAxis(axis: string, points: PointRow[], axes: string[]): string | undefined {
  const free: string[] = [];
  for (const other of axes)
    if (![axis, ...free].some((known) => decides(known, other, points))) free.push(other);
  const [hue] = free;
  if (free.length !== 1 || hue === undefined) return undefined;
  return new Set(points.map((point) => label(point.axes, hue))).size <= 6 ? hue : undefined;
}

/** Points with the same value of `axis` have the same value of `other`: paired axes, weights that add up to one. */
function decides(axis: string, other: string, points: PointRow[]): boolean {
  const seen = new Map<string, string>();
  return points.every((point) => {
    const key = label(point.axes, axis);
    const value = label(point.axes, other);
    if (!seen.has(key)) seen.set(key, value);
    return seen.get(key) === value;
  });
}

export function sortedLabels(points: PointRow[], axis: string, numeric: boolean): string[] {
  const values = new Map(points.map((point) => [label(point.axes, axis), point.axes[axis]]));
  const entries = [...values];
  const asNumbers = numeric && entries.every(([, value]) => typeof value === 'number');
  entries.sort(([a, x], [b, y]) => (asNumbers ? (x as number) - (y as number) : a < b ? -1 : a > b ? 1 : 0));
  return entries.map(([text]) => text);
}

/** Spans more than a power of ten and a half, and most of it near its low end: shown on a logarithmic axis. */
export function isWide(values: readonly number[]): boolean {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[0] ?? 0, sorted.at(-1) ?? 0];
  return low > 1e-300 && high / low > 30 && sorted[sorted.length >> 1]! < low + (high - low) / 4;
}

/** A value as text; what an axis has not is a dash. */
export function label(axes: Record<string, unknown>, axis: string): string {
  if (!Object.hasOwn(axes, axis)) return '–';
  const value = axes[axis];
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : tidy(value);
  const text = plain(value);
  return text.length > 28 ? `${text.slice(0, 27)}…` : text;
}

/** 0.1 + 0.2 is 0.3 to identities. */
const tidy = (value: number): string =>
  Number.isFinite(value) && (value === 0 || Math.abs(value) >= 1e-4)
    ? String(Number(value.toPrecision(6)))
    : formatNumber(value);
