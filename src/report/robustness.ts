import { join } from 'node:path';
import { readJsonObject } from '../base/files.ts';
import { isRecord } from '../base/objects.ts';

/** A score under conditions. */
export interface Robustness {
  /** Metric that is shown, such as `combined`. */
  metric: string;
  /** Of the images as they are; undefined if it is not known. */
  clean: number | undefined;
  conditions: string[];
  severities: number[];
  /** Values [condition][severity]; undefined if it was not measured. */
  values: (number | undefined)[][];
}

/** What artifacts/conditions.json holds; undefined if there is none, or none that can be read. */
export function readRobustness(runDir: string): Robustness | undefined {
  const { clean, rows } = readJsonObject(join(runDir, 'artifacts', 'conditions.json')) ?? {};
  if (!Array.isArray(rows)) return undefined;
  const found = rows.flatMap((row) => {
    if (!isRecord(row) || !isRecord(row.scores)) return [];
    const { condition, severity, scores } = row;
    return typeof condition === 'string' && typeof severity === 'number'
      ? [{ condition, severity, scores }]
      : [];
  });
  const metric = ['combined', 'identity_top1', 'gallery_rank1', 'gender_accuracy'].find((name) =>
    found.some(({ scores }) => typeof scores[name] === 'number'),
  );
  if (metric === undefined) return undefined;
  const conditions = [...new Set(found.map(({ condition }) => condition))];
  const severities = [...new Set(found.map(({ severity }) => severity))].sort((a, b) => a - b);
  const plain = isRecord(clean) ? clean[metric] : undefined;
  return {
    metric,
    clean: typeof plain === 'number' ? plain : undefined,
    conditions,
    severities,
    values: conditions.map((condition) =>
      severities.map((severity) => {
        const row = found.find((one) => one.condition === condition && one.severity === severity);
        const value = row?.scores[metric];
        return typeof value === 'number' ? value : undefined;
      }),
    ),
  };
}

/** The mean of the values that are there. */
export function meanOf(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : known.reduce((a, b) => a + b, 0) / known.length;
}
