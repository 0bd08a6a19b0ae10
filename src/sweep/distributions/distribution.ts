import type { NumberCoordinate } from '../tpe/coordinate.ts';

/** The values of an axis. */
export interface Values {
  /** Every value in order, where they are countable: what a grid walks. */
  list?: readonly unknown[];
  /** The value at u in [0, 1): the inverse of the distribution function. */
  at(u: number): unknown;
  /** How they lie on a scale, where they do; else they are a choice without an order. */
  number?: Measured;
}

/** Values of an axis as numbers on a scale. */
export interface Measured {
  coordinate: NumberCoordinate;
  /** Where a value lies. */
  measure(value: number): number;
  /** The value next to a place on the scale. */
  value(x: number): number;
}

/** One way to write an axis: its key in the spec and how its values follow. */
export interface Distribution {
  key: 'range' | 'uniform' | 'log_uniform' | 'int' | 'choice' | 'normal';
  /** Whether `step` beside it has a meaning. */
  quantised: boolean;
  /** The values, or a sentence that says what is wrong with the parameters. */
  values(parameters: readonly unknown[], step: number | undefined): Values | string;
}
