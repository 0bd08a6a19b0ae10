import { choice } from './choice.ts';
import { int } from './int.ts';
import { logUniform } from './log-uniform.ts';
import { normal } from './normal.ts';
import { range } from './range.ts';
import { uniform } from './uniform.ts';
import type { Values } from './values.ts';

export type { Measured, Values } from './values.ts';

/** One way to write an axis: its key in the spec and how its values follow. */
export interface Distribution {
  key: 'range' | 'uniform' | 'log_uniform' | 'int' | 'choice' | 'normal';
  /** Whether `step` beside it has a meaning. */
  quantised: boolean;
  /** The values, or a sentence that says what is wrong with the parameters. */
  values(parameters: readonly unknown[], step: number | undefined): Values | string;
}

/** Every way to write an axis: one line each. */
export const distributions: readonly Distribution[] = [range, uniform, logUniform, int, choice, normal];
