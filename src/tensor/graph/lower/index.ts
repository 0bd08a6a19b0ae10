import type { Trace } from '../ir.ts';
import { bfloat16 } from './bfloat16.ts';
import { pointwise } from './pointwise.ts';
import { prune } from './prune.ts';

export interface LoweringOptions {
  precision: 'float32' | 'bfloat16';
}

type Rewrite = (trace: Trace, options: LoweringOptions) => Trace;

/** The rewrites of a traced step, in order: one file each. */
const rewrites: Rewrite[] = [prune, ...(process.env.NOPW ? [] : [pointwise]), bfloat16];

export function lower(trace: Trace, options: LoweringOptions): Trace {
  return rewrites.reduce((current, rewrite) => rewrite(current, options), trace);
}
