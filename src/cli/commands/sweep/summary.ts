import { type Point, pointsOf, resultTable } from '../../../operations/index.ts';
import type { Board, SweepOutcome, SweepPlan } from '../../../orchestrator/index.ts';
import { duration, number } from '../../terminal/format.ts';
import { encode } from '../../terminal/sweep-json-view.ts';

export interface SweepEnd {
  name: string;
  board: Board;
  objective: { metric: string; mode: 'min' | 'max' };
  plan: Pick<SweepPlan, 'kept' | 'linked' | 'vanished'>;
  outcome: SweepOutcome;
  /** Of this command. */
  seconds: number;
  json?: boolean;
  /** Its page in MLflow. */
  url?: string;
}

/** Prints the results of a sweep. Gives the exit code: 0 all finished, 3 some failed, 1 all failed, 130 interrupted. */
export function concludeSweep(end: SweepEnd): number {
  const { board, objective, outcome } = end;
  const counts = board.counts();
  const finished = counts.finished + counts.linked;
  const points = pointsOf(board, objective);
  const best = points[0]?.mean === undefined ? undefined : points[0];
  const code = exitCode(finished, board.rows.length, outcome);
  if (end.json) process.stdout.write(`${JSON.stringify(summary(end, finished, best), encode)}\n`);
  else process.stdout.write(`${describe(end, finished, points, best)}\n`);
  return code;
}

function exitCode(finished: number, trials: number, { interrupted }: SweepOutcome): number {
  if (finished === trials) return 0;
  if (interrupted) return 130;
  return finished > 0 ? 3 : 1;
}

/**
 * `finished` counts the trials that are finished, whenever and wherever; `skipped` those of them that this command did not have to
 * run; `pending` those that neither finished nor failed.
 */
function summary(
  { name, board, plan, outcome, seconds, url }: SweepEnd,
  finished: number,
  best?: Point,
): object {
  const { failed } = board.counts();
  const trials = board.rows.length;
  return {
    sweep: name,
    status: outcome.interrupted && finished < trials ? 'interrupted' : outcome.halted ? 'halted' : 'ended',
    trials,
    finished,
    failed,
    skipped: plan.kept.size + plan.linked.size,
    linked: plan.linked.size,
    pending: trials - finished - failed,
    vanished: plan.vanished.length,
    ...(outcome.halted ? { reason: outcome.halted } : {}),
    ...(best ? { best: bestOf(best) } : {}),
    seconds: Math.round(seconds * 10) / 10,
    ...(url === undefined ? {} : { mlflow: url }),
  };
}

function bestOf({ axes, rows, values, mean, half }: Point): object {
  const { trial } = rows[0]!;
  return {
    trial: trial.id,
    axes,
    value: mean,
    ...(half === undefined ? {} : { interval: [mean! - half, mean! + half] }),
    trials: values.length,
    config: trial.config,
  };
}

function describe(
  end: SweepEnd,
  finished: number,
  points: readonly Point[],
  best: Point | undefined,
): string {
  const { name, board, objective, plan, outcome, seconds } = end;
  const { failed } = board.counts();
  const trials = board.rows.length;
  const lines: string[] = [];
  if (finished > 0 || failed > 0) lines.push(resultTable(points, objective, !process.stdout.isTTY), '');
  const skipped = plan.kept.size + plan.linked.size;
  const parts = [
    `${finished} of ${trials} trials finished`,
    ...(skipped > 0 ? [`${skipped} of them before`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
  ];
  lines.push(`${parts.join(', ')}, in ${duration(seconds)}.`);
  if (best && finished > 0) {
    const axes = Object.entries(best.axes).map(([path, value]) => `${path}=${JSON.stringify(value)}`);
    if (axes.length > 0) lines.push(`Best: ${axes.join(' ')} (${objective.metric} ${number(best.mean, 4)}).`);
  }
  if (best === undefined && finished > 0)
    lines.push(
      `No trial has the metric ${objective.metric}: set sweep.objective.metric to one of the record.`,
    );
  if (outcome.halted) lines.push(`Stopped: ${outcome.halted}`);
  if (finished < trials) lines.push(`Go on with: facecom resume ${name}${failed > 0 ? ' [--failed]' : ''}`);
  for (const { trial, status, failure } of board.rows.filter((row) => row.status === 'failed').slice(0, 5))
    lines.push(`${status} ${trial.id} (${failure?.class}): ${failure?.message}`);
  if (failed > 5) lines.push(`… and ${failed - 5} more that failed`);
  if (end.url !== undefined) lines.push(`See it in MLflow: ${end.url}`);
  return lines.join('\n');
}
