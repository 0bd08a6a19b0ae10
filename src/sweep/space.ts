import type { Path } from '../spec/index.ts';
import type { Values } from './distributions/distribution.ts';
import type { Condition } from './expressions.ts';
import type { Coordinate } from './tpe/coordinate.ts';

/** One key that varies. */
export interface Axis {
  /** Position in the space. */
  index: number;
  path: Path;
  /** Its dotted path. */
  name: string;
  values: Values;
  /** Where it stands in the spec. */
  at: Path;
  /** Where its k-th value stands in the spec, where values are listed. */
  valueAt?: (k: number) => Path;
  /** It exists only where this holds. */
  when?: Condition;
}

/** Axes that are chosen together: a single one, a zip group, or a simplex. */
export interface Dimension {
  axes: readonly Axis[];
  /** Coordinates of the unit cube that it takes. */
  coordinates: number;
  /** How many points it has, where they are countable. */
  size: number | undefined;
  /** The values of its axes at its k-th point. */
  point(k: number): readonly unknown[];
  /** The values of its axes at coordinates in [0, 1). */
  at(u: ArrayLike<number>, offset: number): readonly unknown[];
  /** Its points as free numbers. */
  coding: Coding;
}

/** How the points of a dimension are free numbers, which a sampler that learns can model. */
export interface Coding {
  coordinates: readonly Coordinate[];
  /** The numbers of the dimension's values, ABSENT where an axis does not exist; undefined if they are none of its points. */
  encode(values: readonly unknown[]): readonly number[] | undefined;
  /** The point next to these numbers. */
  decode(numbers: ArrayLike<number>): readonly unknown[];
}

/** A point of the space: the value of each axis by its index, ABSENT where the axis does not exist. */
export type Assignment = readonly unknown[];

export const ABSENT = Symbol('absent');

/** What a sweep ranges over. */
export interface Space {
  axes: readonly Axis[];
  /** In an order in which every `when` finds what it refers to. */
  dimensions: readonly Dimension[];
  /** Coordinates of the unit cube that the whole takes. */
  coordinates: number;
  /** A point is run where every one of these holds. */
  constraints: readonly Constraint[];
  /** The value that a condition's path has at a point whose later dimensions are not chosen yet. */
  lookup(assignment: Assignment): (reference: Condition['references'][number]) => unknown;
}

export interface Constraint {
  condition: Condition;
  kind: 'exclude' | 'require';
  /** How many dimensions must be chosen before it can be judged. */
  after: number;
}

/** How often a condition held and did not: one that never varies is a mistake. */
export class Tally {
  private readonly counts = new Map<Condition, [number, number]>();

  add(condition: Condition, held: boolean): boolean {
    let count = this.counts.get(condition);
    if (!count) {
      count = [0, 0];
      this.counts.set(condition, count);
    }
    count[held ? 1 : 0]++;
    return held;
  }

  of(condition: Condition): { no: number; yes: number } {
    const [no, yes] = this.counts.get(condition) ?? [0, 0];
    return { no, yes };
  }
}

/** Puts a dimension's values into the assignment; axes whose `when` does not hold are absent. Returns how many are present. */
export function choose(
  space: Space,
  dimension: Dimension,
  values: readonly unknown[],
  assignment: unknown[],
  tally: Tally,
): number {
  let present = 0;
  for (const axis of dimension.axes) assignment[axis.index] = ABSENT;
  for (const [i, axis] of dimension.axes.entries()) {
    if (axis.when && !tally.add(axis.when, axis.when.holds(space.lookup(assignment)))) continue;
    assignment[axis.index] = values[i];
    present++;
  }
  return present;
}

/** Whether the constraints that become decidable at a depth hold; each is judged, so that the tally is whole. */
export function allowed(space: Space, assignment: Assignment, after: number, tally: Tally): boolean {
  let passes = true;
  for (const constraint of space.constraints) {
    if (constraint.after !== after) continue;
    const held = tally.add(constraint.condition, constraint.condition.holds(space.lookup(assignment)));
    if (held === (constraint.kind === 'exclude')) passes = false;
  }
  return passes;
}
