import { type Objective, type Result, resultOf } from '../../record/index.ts';
import type { PointRow, SweepRecord } from './read-sweep.ts';

/** A metric over the finished trials of a point; undefined if none has it. */
export function metricOf({ trials }: PointRow, metric: string): Result | undefined {
  const values = trials.flatMap(({ run, finished }) => {
    const value = finished && run && Object.hasOwn(run.metrics, metric) ? run.metrics[metric] : undefined;
    return value !== undefined && Number.isFinite(value) ? [value] : [];
  });
  return resultOf(values, metric);
}

/** The names of metrics that any finished trial has. */
export function metricsOf({ trials }: SweepRecord): Set<string> {
  return new Set(trials.flatMap(({ run, finished }) => (run && finished ? Object.keys(run.metrics) : [])));
}

const genders = ['gender_accuracy'];
const identities = ['identity_top1', 'gallery_rank1', 'verification_accuracy'];

/**
 * What a sweep trades off: the first two of several objectives, else gender against identity on validation, or on
 * test. Undefined if there is no such pair.
 */
export function tradedOff(sweep: SweepRecord): [Objective, Objective] | undefined {
  const [a, b] = sweep.objectives;
  if (a && b) return [a, b];
  const known = metricsOf(sweep);
  for (const split of ['val', 'test']) {
    const [gender, identity] = [genders, identities].map((names) =>
      names.map((name) => `${split}/${name}`).find((name) => known.has(name)),
    );
    if (gender !== undefined && identity !== undefined)
      return [
        { metric: gender, mode: 'max' },
        { metric: identity, mode: 'max' },
      ];
  }
  return undefined;
}
