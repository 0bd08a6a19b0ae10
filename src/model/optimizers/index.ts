import type { Parameter } from '../layers.ts';
import { adam } from './adam.ts';
import { adamw } from './adamw.ts';
import type { Optimizer, OptimizerSpec } from './optimizer.ts';
import { sgd } from './sgd.ts';

/** Every optimizer, by its name in a spec: one line each. */
const optimizers: { [name in OptimizerSpec['name']]: (spec: never, parameters: Parameter[]) => Optimizer } = {
  adam,
  adamw,
  sgd,
};

export function createOptimizer(spec: OptimizerSpec, parameters: Parameter[]): Optimizer {
  return optimizers[spec.name](spec as never, parameters);
}

export type { Optimizer, OptimizerSpec } from './optimizer.ts';
