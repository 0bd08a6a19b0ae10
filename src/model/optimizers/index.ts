import type { OptimizerSpec } from '../config.ts';
import type { Parameter } from '../layers.ts';
import { adam } from './adam.ts';
import { adamw } from './adamw.ts';
import { lamb } from './lamb.ts';
import type { Optimizer } from './optimizer.ts';
import { sgd } from './sgd.ts';

export type { Optimizer, Treatment } from './optimizer.ts';

type Maker<Name> = (
  spec: Extract<OptimizerSpec, { name: Name }>,
  parameters: readonly Parameter[],
) => Optimizer;

/** Every optimizer, by its name in a spec: one line each. */
const optimizers: { [Name in OptimizerSpec['name']]: Maker<Name> } = { adam, adamw, sgd, lamb };

export function createOptimizer(spec: OptimizerSpec, parameters: readonly Parameter[]): Optimizer {
  // The table's type ties each name to its options; TypeScript cannot follow it through the index.
  return (optimizers[spec.name] as (spec: OptimizerSpec, parameters: readonly Parameter[]) => Optimizer)(
    spec,
    parameters,
  );
}
