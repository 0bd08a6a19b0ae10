import { basename } from 'node:path';
import { readJsonObject } from '../../base/files.ts';
import { isRecord } from '../../base/objects.ts';
import type { Artifact } from './artifacts.ts';
import { legalKey } from './names.ts';
import { type Metric, metric } from './values.ts';

/** Whether a file of a run's artifacts is what `facecom evaluate` found. */
export const isEvaluation = ({ path }: Artifact): boolean => /^evaluations\/[^/]+\.json$/.test(path);

/**
 * The scores of an evaluation as points of metrics, `evaluate/<images>/<score>` at step 0, where MLflow draws a bar:
 * `evaluate/test-1f0c2b3a/combined`. A file of another shape has none.
 */
export function pointsOfEvaluation({ file, changed }: Artifact): Metric[] {
  const evaluation = readJsonObject(file);
  if (!evaluation || !isRecord(evaluation.metrics)) return [];
  const images = basename(file, '.json');
  return Object.entries(evaluation.metrics).flatMap(([name, value]) =>
    typeof value === 'number'
      ? [metric(legalKey(`evaluate/${images}/${name.replace(/^(train|val|test)\//, '')}`), value, changed, 0)]
      : [],
  );
}
