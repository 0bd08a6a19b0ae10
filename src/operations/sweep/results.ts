import { number } from '../../cli/terminal/format.ts';
import type { Board, TrialRow } from '../../orchestrator/index.ts';

/** Trials with the same values and different seeds: one result. */
export interface Point {
  axes: Record<string, unknown>;
  /** Its trials, in the order of their seeds. */
  rows: TrialRow[];
  /** Of the trials that have a value. */
  values: number[];
  /** Undefined where no trial has a value. */
  mean?: number;
  /** Half of the 95 % interval of the mean (Student's t); undefined for fewer than two values. */
  half?: number;
}

type Objective = { metric: string; mode: 'min' | 'max' };

/** The points of a sweep, the best first; those without a value last. */
export function pointsOf(board: Board, objective: Objective): Point[] {
  const points = new Map<number, Point>();
  for (const row of board.rows) {
    const point = points.get(row.trial.point) ?? { axes: row.trial.axes, rows: [], values: [] };
    point.rows.push(row);
    const done = row.status === 'finished' || row.status === 'linked';
    if (done && row.value !== undefined && Number.isFinite(row.value)) point.values.push(row.value);
    points.set(row.trial.point, point);
  }
  for (const point of points.values()) Object.assign(point, meanOf(point.values));
  const sign = objective.mode === 'min' ? 1 : -1;
  // Equal ones stay in the order of the spec.
  return [...points.values()].sort((a, b) =>
    a.mean === undefined || b.mean === undefined
      ? Number(a.mean === undefined) - Number(b.mean === undefined)
      : sign * (a.mean - b.mean),
  );
}

function meanOf(values: readonly number[]): { mean?: number; half?: number } {
  const n = values.length;
  if (n === 0) return {};
  const mean = values.reduce((a, b) => a + b, 0) / n;
  if (n === 1) return { mean };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  return { mean, half: studentT(n - 1) * Math.sqrt(variance / n) };
}

/** Student's t, two-sided 95 %, for 1 to 10 degrees of freedom. */
const T = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228];

/** Beyond the table by the expansion of Cornish and Fisher about the normal quantile, right to three digits. */
function studentT(freedom: number): number {
  const z = 1.959964;
  const listed = T[freedom - 1];
  if (listed !== undefined) return listed;
  return z + (z ** 3 + z) / (4 * freedom) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2);
}

/** Points of a table in a terminal; a pipe gets every one. */
const SHOWN = 30;

/** The results as a table: a line a point, its axes, the objective's mean ± interval, and how many trials it is of. */
export function resultTable(points: readonly Point[], objective: Objective, all: boolean): string {
  if (points.length === 0) return '';
  const axes = [...new Set(points.flatMap((point) => Object.keys(point.axes)))];
  const repeats = Math.max(...points.map(({ rows }) => rows.length));
  const shown = all ? points : points.slice(0, SHOWN);
  const header = ['', ...axes, objective.metric, ...(repeats > 1 ? ['trials'] : []), 'trial'];
  const lines = shown.map((point, i) => [
    String(i + 1),
    ...axes.map((axis) => (Object.hasOwn(point.axes, axis) ? cell(point.axes[axis]) : '–')),
    result(point),
    ...(repeats > 1 ? [`${point.values.length} of ${point.rows.length}`] : []),
    point.rows[0]!.trial.id,
  ]);
  const widths = header.map((name, i) => Math.max(name.length, ...lines.map((line) => line[i]!.length)));
  const text = [header, ...lines].map((line) =>
    line
      .map((part, i) => (i === 0 ? part.padStart(widths[i]!) : part.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd(),
  );
  if (shown.length < points.length) text.push(`… and ${points.length - shown.length} more`);
  return text.join('\n');
}

function result({ mean, half, rows }: Point): string {
  if (mean !== undefined)
    return half === undefined ? number(mean, 4) : `${number(mean, 4)} ± ${number(half, 4)}`;
  const failed = rows.find(({ status }) => status === 'failed');
  return failed ? `failed (${failed.failure?.class})` : (rows[0]?.status ?? '–');
}

export function cell(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '–');
  return text.length > 32 ? `${text.slice(0, 31)}…` : text;
}
