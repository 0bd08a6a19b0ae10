import type { Trace } from '../ir.ts';
import { bfloat16 } from './bfloat16.ts';
import { lateDecay } from './late-decay.ts';
import { patches } from './patches.ts';
import { pointwise } from './pointwise.ts';
import { prune } from './prune.ts';
import { spaceToDepth } from './space-to-depth.ts';

export interface LoweringOptions {
  precision: 'float32' | 'bfloat16';
}

export type Rewrite = (trace: Trace, options: LoweringOptions) => Trace;

/** The rewrites of a traced step, in order: one file each. */
export const rewrites: Record<string, Rewrite> = {
  prune,
  lateDecay,
  spaceToDepth,
  patches,
  pointwise,
  bfloat16,
};

export function lower(trace: Trace, options: LoweringOptions): Trace {
  return Object.values(rewrites).reduce((current, rewrite) => rewrite(current, options), trace);
}
