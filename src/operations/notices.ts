import { formatDuration, formatFixed, plural } from '../base/format.ts';
import type { Notice } from './notify.ts';
import type { SweepResult } from './sweep/result.ts';

const told = ['val/combined', 'test/combined', 'test/gender_accuracy', 'test/identity_top1'];

/** How a run ended. */
interface RunEnd {
  run: string;
  status: 'finished' | 'failed' | 'stopped';
  metrics: Readonly<Record<string, number>>;
  failure?: { class: string; message: string };
  seconds: number;
  mlflow?: string;
}

/** What is told of a run's end; undefined of one that was stopped. */
export function runNotice(result: RunEnd): Notice | undefined {
  const { run, status, metrics, failure, seconds, mlflow } = result;
  if (status === 'stopped') return undefined;
  const scores = told.flatMap((name) =>
    metrics[name] === undefined ? [] : [`${name} ${formatFixed(metrics[name], 4)}`],
  );
  const what =
    status === 'finished' ? scores.join(', ') : `${failure?.class ?? 'code'}: ${failure?.message ?? ''}`;
  return {
    text: `${run} ${status} after ${formatDuration(seconds)}${what ? `: ${what}` : ''}`,
    event: status,
    kind: 'run',
    name: run,
    status,
    seconds,
    ...(status === 'finished' ? { metrics } : {}),
    ...(mlflow === undefined ? {} : { mlflow }),
  };
}

/** What is told of a sweep's end; undefined of one that was interrupted, or had nothing left to run. */
export function sweepNotice(result: SweepResult): Notice | undefined {
  const { sweep, status, trials, finished, failed, best, objective, seconds, reason, mlflow } = result;
  if (status === 'interrupted' || result.skipped === trials) return undefined;
  const value = best?.point.result.mean;
  const parts = [
    `${finished} of ${plural(trials, 'trial')} finished${failed > 0 ? `, ${failed} failed` : ''}`,
    ...(value === undefined ? [] : [`best ${objective.metric} ${formatFixed(value, 4)}`]),
    ...(status === 'halted' && reason ? [reason] : []),
  ];
  const ended = status === 'halted' ? 'was halted' : 'ended';
  return {
    text: `${sweep} ${ended} after ${formatDuration(seconds)}: ${parts.join('; ')}`,
    event: failed > 0 || status === 'halted' ? 'failed' : 'finished',
    kind: 'sweep',
    name: sweep,
    status,
    seconds,
    trials: { all: trials, finished, failed },
    ...(value === undefined ? {} : { metrics: { [objective.metric]: value } }),
    ...(mlflow === undefined ? {} : { mlflow }),
  };
}
