import type { MetricLossSpec } from '../../config.ts';
import { contrastive } from './contrastive.ts';
import type { MetricLoss } from './pairs.ts';
import { supcon } from './supcon.ts';
import { triplet } from './triplet.ts';

export { pairsOf } from './pairs.ts';

type Maker<Name> = (spec: Extract<MetricLossSpec, { loss: Name }>) => MetricLoss;

/** Every metric loss, by its name in a spec: one line each. */
const losses: { [Name in MetricLossSpec['loss']]: Maker<Name> } = { triplet, contrastive, supcon };

export function metricLoss(spec: MetricLossSpec): MetricLoss {
  // The table's type ties each name to its options; TypeScript cannot follow it through the index.
  return (losses[spec.loss] as (spec: MetricLossSpec) => MetricLoss)(spec);
}
