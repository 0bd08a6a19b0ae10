import { oneOf } from './one-of.ts';
import { sequence } from './sequence.ts';
import { someOf } from './some-of.ts';
import type { Composition } from './types.ts';

/** Every way to choose among effects: one line each. */
export const compositions: readonly Composition[] = [oneOf, someOf, sequence];
