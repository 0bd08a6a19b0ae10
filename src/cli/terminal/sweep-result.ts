import { formatDuration, formatFixed, plural } from '../../base/format.ts';
import type { SweepResult } from '../../operations/index.ts';
import { resultText } from '../../record/index.ts';
import { axisCell } from './cell.ts';
import { printJson } from './print.ts';
import { resultTable } from './sweep-results.ts';
import { printable } from './table.ts';
import { wideTable } from './wide-table.ts';

/** Prints the results of a sweep. Returns the exit code: 0 all finished, 3 some failed, 1 all failed, 130 interrupted. */
export function concludeSweep(result: SweepResult, { json }: { json?: boolean }): number {
  if (json) printJson(summary(result));
  else process.stdout.write(`${describe(result)}\n`);
  const { finished, pruned, trials, status } = result;
  if (finished > 0 && finished + pruned === trials) return 0;
  if (status === 'interrupted') return 130;
  return finished > 0 ? 3 : 1;
}

function summary({
  objective: _,
  points: __,
  rows: ___,
  best,
  front,
  seconds,
  ...counts
}: SweepResult): object {
  return {
    ...counts,
    ...(front
      ? {
          front: front.map(({ point, values, trial }) => ({
            axes: point.axes,
            values,
            trial: trial.row.trial.id,
          })),
        }
      : {}),
    ...(best ? { best: bestOf(best) } : {}),
    seconds: Math.round(seconds * 10) / 10,
  };
}

/** The front of several objectives: one line per point. */
function frontTable(front: NonNullable<SweepResult['front']>): string {
  const metrics = Object.keys(front[0]?.values ?? {});
  const axes = [...new Set(front.flatMap(({ point }) => Object.keys(point.axes)))];
  const rows = front.map(({ point, values, trial }) => [
    ...axes.map((axis) => axisCell(point.axes, axis)),
    ...metrics.map((metric) => formatFixed(values[metric], 4)),
    trial.row.trial.id,
  ]);
  const columns = [...axes, ...metrics, 'trial'].map((title) => ({ title }));
  return `Not beaten in all of ${metrics.join(', ')}:\n${wideTable(columns, rows)}`;
}

function bestOf({ point, trial }: NonNullable<SweepResult['best']>): object {
  const { mean, interval, n, weak } = point.result;
  const { id, config } = trial.row.trial;
  return {
    trial: id,
    axes: point.axes,
    value: mean,
    ...(interval ? { interval, weak } : {}),
    trials: n,
    config,
  };
}

function describe(result: SweepResult): string {
  const {
    sweep,
    trials,
    finished,
    failed,
    pruned,
    front,
    lead,
    skipped,
    best,
    objective,
    points,
    reason,
    seconds,
    rows,
    mlflow,
  } = result;
  const lines: string[] = [];
  if (finished > 0 || failed > 0) lines.push(resultTable(points, objective, !process.stdout.isTTY), '');
  const parts = [
    `${finished} of ${plural(trials, 'trial')} finished`,
    ...(skipped > 0 ? [`${skipped} of them before`] : []),
    ...(pruned > 0 ? [`${pruned} stopped early`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
  ];
  lines.push(`${parts.join(', ')}, in ${formatDuration(seconds)}.`);
  if (best && finished > 0) {
    const { axes, result: found } = best.point;
    const values = Object.entries(axes).map(([path, value]) => `${path}=${JSON.stringify(value)}`);
    const text = resultText(found, (value) => formatFixed(value, 4));
    if (values.length > 0) lines.push(`Best: ${values.join(' ')} (${objective.metric} ${text}).`);
  }
  if (best === undefined && finished > 0)
    lines.push(
      rows.some(({ metrics = {} }) => Object.hasOwn(metrics, objective.metric))
        ? `${objective.metric} is not a number in any trial.`
        : `No trial has the metric ${objective.metric}: set sweep.objective.metric to one of the record.`,
    );
  if (lead?.difference) lines.push(printable(lead.text));
  if (reason !== undefined) lines.push(`Stopped: ${reason}`);
  if (front)
    lines.push(
      front.length > 0
        ? frontTable(front)
        : 'No trial has a number for each of sweep.objectives: there is no front.',
    );
  if (finished + pruned < trials)
    lines.push(`Resume with: facecom resume ${sweep}${failed > 0 ? ' [--failed]' : ''}`);
  for (const { trial, status, failure } of rows.filter((row) => row.status === 'failed').slice(0, 5))
    lines.push(`${status} ${trial.id} (${failure?.class}): ${failure?.message}`);
  if (failed > 5) lines.push(`… and ${failed - 5} more that failed`);
  if (mlflow !== undefined) lines.push(`See it in MLflow: ${mlflow}`);
  return lines.join('\n');
}
