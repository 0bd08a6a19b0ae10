import { formatFixed } from '../../base/format.ts';
import type { Objective, Point } from '../../operations/index.ts';
import { bestOf, resultText } from '../../record/index.ts';
import { axisCell } from './cell.ts';
import { wideTable } from './wide-table.ts';

/** Points of a table in a terminal; a pipe gets every one. */
const SHOWN = 30;

/** The results as a table: one line per point with its axes, the objective's mean ± interval, and how many trials it is of. */
export function resultTable(points: readonly Point[], objective: Objective, all: boolean): string {
  if (points.length === 0) return '';
  const axes = [...new Set(points.flatMap((point) => Object.keys(point.axes)))];
  const repeats = points.reduce((most, { trials }) => Math.max(most, trials.length), 0);
  const shown = all ? points : points.slice(0, SHOWN);
  const columns = [
    { title: '', align: 'right' as const },
    ...axes.map((title) => ({ title })),
    { title: objective.metric },
    ...(repeats > 1 ? [{ title: 'trials' }] : []),
    { title: 'trial' },
  ];
  const rows = shown.map((point, i) => [
    String(i + 1),
    ...axes.map((axis) => axisCell(point.axes, axis)),
    result(point, objective),
    ...(repeats > 1 ? [`${point.values.length} of ${point.trials.length}`] : []),
    standing(point).row.trial.id,
  ]);
  const more = points.length - shown.length;
  return [wideTable(columns, rows), ...(more > 0 ? [`… and ${more} more`] : [])].join('\n');
}

/** The trial that stands for a point: the first that has finished. */
const standing = (point: Point) => bestOf([point])?.trial ?? point.trials[0]!;

function result({ result: found, trials }: Point, { metric }: Objective): string {
  if (found) return resultText(found, (value) => formatFixed(value, 4));
  const rows = trials.map(({ row }) => row);
  if (rows.some(({ metrics = {} }) => Object.hasOwn(metrics, metric) && Number.isNaN(metrics[metric])))
    return 'NaN';
  const failed = rows.find(({ status }) => status === 'failed');
  return failed ? `failed (${failed.failure?.class})` : (rows[0]?.status ?? '–');
}
