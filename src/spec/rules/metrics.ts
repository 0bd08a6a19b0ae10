import { suggest } from '../../base/suggest.ts';
import type { Experiment } from '../experiment.generated.ts';
import type { PlacedFinding } from '../findings.ts';
import { lossNames, metricNames, timingNames, trainScoreNames } from '../metric-names.ts';
import type { Path } from '../tree.ts';
import { broken, type Rule } from './rule.ts';

/** Losses that can be watched: they fall as a model learns. */
const losses = ['train', 'val'].flatMap((split) => lossNames.map((name) => `${split}/${name}`));

const validation = [
  ...metricNames.map((name) => `val/${name}`),
  ...trainScoreNames.map((name) => `train/${name}`),
];
const test = metricNames.map((name) => `test/${name}`);

/** train.early_stopping.monitor is a metric that the run measures after each epoch, and its mode is the way in which it improves. */
export const monitor: Rule = {
  reads: ['train', 'trainer'],
  check(config) {
    const { monitor: metric, mode } = config.train.early_stopping;
    const at = ['train', 'early_stopping', 'monitor'];
    // A trainer of another make has metrics of its own.
    if (config.trainer.command !== undefined) return [];
    const known = [...validation, ...losses];
    if (!known.includes(metric))
      return unknownMetric(at, metric, known, {
        remedy: test.includes(metric) ? 'The test images are scored once, at the end.' : undefined,
      });
    return direction(['train', 'early_stopping', 'mode'], metric, mode);
  },
};

/** The objectives of a sweep with their places. */
function objectivesOf({ objective, objectives }: NonNullable<Experiment['sweep']>) {
  if (!objectives) return [{ ...objective, at: ['sweep', 'objective'] }];
  return objectives.map((one, i) => ({ ...one, at: ['sweep', 'objectives', i] }));
}

/** What a sweep compares by is recorded by its runs, and its mode the way in which it improves. */
export const objective: Rule = {
  reads: ['sweep', 'trainer'],
  check({ sweep, trainer }) {
    if (!sweep || trainer.command !== undefined) return [];
    const known = [...validation, ...test, ...losses, ...timingNames];
    return objectivesOf(sweep).flatMap(({ metric, mode, at }) => {
      if (underCondition(metric)) return [];
      if (!known.includes(metric)) return unknownMetric([...at, 'metric'], metric, known);
      return direction([...at, 'mode'], metric, mode);
    });
  },
};

/** The split whose metric a sweep compares by has images. */
export const objectiveSplit: Rule = {
  reads: ['sweep', 'data'],
  check({ sweep, data }) {
    return (sweep ? objectivesOf(sweep) : []).flatMap(({ metric, at }) => {
      const side = metric.startsWith('val/') ? 'validation' : metric.startsWith('test/') ? 'test' : undefined;
      if (!side || data.split[side] > 0) return [];
      return broken(
        'rule-metric',
        [...at, 'metric'],
        `data.split.${side} is 0: no trial would have ${metric}.`,
        { found: metric, expected: `a metric of another split, or data.split.${side} above 0` },
      );
    });
  },
};

/** A score under a condition: `test/<condition>/<metric>`. */
const underCondition = (metric: string): boolean => /^test\/[a-z0-9_]+\/[a-z0-9_]+$/.test(metric);

function unknownMetric(
  at: Path,
  metric: string,
  known: string[],
  more: Partial<PlacedFinding> = {},
): PlacedFinding[] {
  const near = suggest(metric, known) ?? suggest(`val/${metric}`, known);
  return broken(
    'rule-metric',
    at,
    `The built-in trainer does not record ${metric || 'a metric without a name'}.`,
    {
      found: metric,
      expected: `one of ${known.join(', ')}`,
      ...(near && more.remedy === undefined
        ? { suggestion: near.text, fix: near.sure ? near.text : undefined }
        : {}),
      ...more,
    },
  );
}

/** Losses and error rates fall, everything else rises. */
function direction(
  at: Path,
  metric: string,
  mode: Experiment['train']['early_stopping']['mode'],
): PlacedFinding[] {
  const better = losses.includes(metric) || /_eer$/.test(metric) ? 'min' : 'max';
  if (mode === better) return [];
  return broken(
    'rule-metric-mode',
    at,
    `${metric} is better the ${better === 'min' ? 'lower' : 'higher'} it is: mode ${mode} would choose the worst.`,
    { found: mode, expected: better, remedy: `Set mode: ${better} beside it.`, fix: better },
  );
}
