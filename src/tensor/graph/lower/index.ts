import type { Trace } from '../ir.ts';
import { bfloat16 } from './bfloat16.ts';
import { lateDecay } from './late-decay.ts';
import type { RewriteOptions } from './options.ts';
import { patches } from './patches.ts';
import { pointwise } from './pointwise.ts';
import { prune } from './prune.ts';
import { spaceToDepth } from './space-to-depth.ts';

export interface LoweringOptions extends RewriteOptions {
  /** Those that are used, all where left out: each is equal to the step without it, and can be tested by itself. */
  rewrites?: readonly RewriteName[];
}

type Rewrite = (trace: Trace, options: RewriteOptions) => Trace;

/** The rewrites of a traced step, in order: one file each. */
export const rewrites = {
  prune,
  lateDecay,
  spaceToDepth,
  patches,
  pointwise,
  bfloat16,
} satisfies Record<string, Rewrite>;

export type RewriteName = keyof typeof rewrites;

export function lower(trace: Trace, options: LoweringOptions): Trace {
  const names = Object.keys(rewrites) as RewriteName[];
  return names
    .filter((name) => options.rewrites?.includes(name) ?? true)
    .reduce((current, name) => rewrites[name](current, options), trace);
}
