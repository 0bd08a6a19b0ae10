import { choice } from './choice.ts';
import type { Distribution } from './distribution.ts';
import { int } from './int.ts';
import { logUniform } from './log-uniform.ts';
import { normal } from './normal.ts';
import { range } from './range.ts';
import { uniform } from './uniform.ts';

/** Every way to write an axis: one line each. */
export const distributions: readonly Distribution[] = [range, uniform, logUniform, int, choice, normal];

export type { Distribution, Measured, Values } from './distribution.ts';
