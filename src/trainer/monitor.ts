import { FacecomError } from '../base/errors.ts';
import type { Dataset, Subset } from '../data/index.ts';
import { isMatching, lossNames, metricNames, trainScoreNames } from '../spec/index.ts';

/** Names of the metrics that can be monitored with a data set: those of a task without labels do not exist. */
export function monitorable({ train, validation }: Pick<Dataset, 'train' | 'validation'>): string[] {
  const exists = (subset: Subset, name: string) => {
    if (subset.size === 0) return false;
    if (name.startsWith('gender')) return subset.gender.some((label) => label >= 0);
    if (name.startsWith('identity')) return subset.identity.some((label) => label >= 0);
    // A metric of matching that is watched is measured wherever there are two identities.
    if (name.startsWith('challenge') && !subset.gender.some((label) => label >= 0)) return false;
    if (isMatching(name)) return new Set((subset.people ?? []).filter((person) => person >= 0)).size > 1;
    return true;
  };
  return [
    ...[...lossNames, ...trainScoreNames]
      .filter((name) => exists(train, name))
      .map((name) => `train/${name}`),
    ...[...metricNames, ...lossNames].filter((name) => exists(validation, name)).map((name) => `val/${name}`),
  ];
}

/** Throws `monitor` where train.early_stopping.monitor names a metric that this data set will never have. */
export function checkMonitor(monitor: string, dataset: Pick<Dataset, 'train' | 'validation'>): void {
  const names = monitorable(dataset);
  if (names.includes(monitor)) return;
  // Without validation images the latest epoch counts as the best, which is reported as a warning.
  if (dataset.validation.size === 0 && monitor.startsWith('val/')) return;
  throw new FacecomError(
    'monitor',
    `train.early_stopping.monitor is ${monitor}, which this run does not measure.`,
    {
      found: monitor,
      expected: `one of ${names.join(', ')}`,
      remedy: 'Choose a metric that the data set has labels for.',
      exitCode: 2,
    },
  );
}
