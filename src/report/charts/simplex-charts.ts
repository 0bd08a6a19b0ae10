import type { TopLevelSpec } from 'vega-lite';
import { pointName } from '../../record/index.ts';
import { metricOf } from '../trials/point-metrics.ts';
import type { PointRow, SweepRecord } from '../trials/read-sweep.ts';
import { simplexOf } from '../trials/simplex.ts';
import { plot, quantitative } from './plot.ts';
import { ternaryChart } from './ternary-chart.ts';
import { ink, palette } from './theme.ts';

const scores = [
  ['gender_accuracy', 'gender accuracy', palette.orange],
  ['identity_top1', 'identity top-1', palette.blue],
  ['combined', 'combined', palette.green],
] as const;
const splits = [
  ['val', 'validation', [1, 0]],
  ['test', 'test', [5, 3]],
] as const;
/** Panels for values of the other axes. */
const MOST = 4;

/**
 * Along two weights that add up to one total the scores of both tasks and their sum, on validation and on test; over three the objective
 * in a triangle; of more nothing. One panel for each setting of the other axes, the best setting first.
 */
export function simplexCharts(sweep: SweepRecord): { title: string; spec: TopLevelSpec }[] {
  const simplex = simplexOf(sweep.points, sweep.axes);
  if (!simplex) return [];
  const { paths, total } = simplex;
  const restOf = ({ axes }: PointRow) =>
    Object.fromEntries(Object.entries(axes).filter(([axis]) => !paths.includes(axis)));
  const settings = new Map<string, PointRow[]>();
  for (const point of sweep.points) {
    const key = JSON.stringify(Object.entries(restOf(point)).sort());
    settings.set(key, [...(settings.get(key) ?? []), point]);
  }
  const all = [...settings.values()];
  const rests = all.map(([first]) => restOf(first!));
  return all.slice(0, MOST).flatMap((points, i) => {
    const name = pointName(rests[i]!, rests);
    const [axis, other, third] = paths as [string, string, string | undefined];
    const spec =
      third === undefined
        ? panel(points, { axis, other, total, name })
        : paths.length === 3
          ? ternaryChart(points, { paths: [axis, other, third], total, name, ...sweep.objective })
          : undefined;
    return spec ? [{ title: `Scores along ${paths.join(', ')} ${name}`, spec }] : [];
  });
}

const last = (path: string): string => path.slice(path.lastIndexOf('.') + 1);

function panel(
  points: readonly PointRow[],
  { axis, other, total, name }: { axis: string; other: string; total: number; name: string },
): TopLevelSpec | undefined {
  const rows = points.flatMap((point) =>
    scores.flatMap(([metric, label]) =>
      splits.flatMap(([split, side]) => {
        const result = metricOf(point, `${split}/${metric}`);
        if (!result) return [];
        const [low, high] = result.interval ?? [result.mean, result.mean];
        return [{ x: point.axes[axis] as number, y: result.mean, low, high, label, side }];
      }),
    ),
  );
  const labels = scores.filter(([, label]) => rows.some((row) => row.label === label));
  if (new Set(rows.map(({ x }) => x)).size < 2) return undefined;
  const sides = splits.filter(([, side]) => rows.some((row) => row.side === side));
  const x = quantitative('x', { title: `${last(axis)}, with ${last(other)} = ${total} − ${last(axis)}` });
  const y = quantitative('y', { title: 'score (0 to 1)', domain: [0, 1] });
  const color = {
    field: 'label',
    type: 'nominal',
    scale: { domain: labels.map(([, label]) => label), range: labels.map(([, , colour]) => colour) },
    legend: { columns: 3, title: null, columnPadding: 8, symbolSize: 120 },
  };
  return plot(
    {
      title: `${last(axis)} against ${last(other)}${name ? `, ${name}` : ''}`,
      size: { width: 262, height: 210 },
    },
    {
      layer: [
        {
          data: { values: rows.filter(({ low, high }) => high > low) },
          mark: { type: 'rule', strokeWidth: 1.2, opacity: 0.5 },
          encoding: {
            x,
            y: { ...y, field: 'low' },
            y2: { field: 'high' },
            color,
          },
        },
        {
          data: { values: rows },
          mark: { type: 'line', strokeWidth: 2 },
          encoding: {
            x,
            y,
            color,
            strokeDash: {
              field: 'side',
              type: 'nominal',
              scale: { domain: sides.map(([, side]) => side), range: sides.map(([, , dash]) => dash) },
              legend:
                sides.length > 1
                  ? { title: null, columns: 2, orient: 'bottom', symbolStrokeColor: ink.text }
                  : null,
            },
          },
        },
        {
          data: { values: rows },
          mark: { type: 'point', filled: true, size: 34, opacity: 1 },
          encoding: { x, y, color },
        },
      ],
    },
  );
}
