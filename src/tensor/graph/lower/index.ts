import type { Trace } from '../ir.ts';
import { prune } from './prune.ts';

export interface LoweringOptions {
  precision: 'float32' | 'bfloat16';
}

type Rewrite = (trace: Trace, options: LoweringOptions) => Trace;

/** The rewrites of a traced step, in order: one file each. */
const rewrites: Rewrite[] = [prune];

export function lower(trace: Trace, options: LoweringOptions): Trace {
  return rewrites.reduce((current, rewrite) => rewrite(current, options), trace);
}
