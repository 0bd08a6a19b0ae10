import { overlaps, valueAt } from '../base/objects.ts';
import { experimentSchema, fillDefaults } from '../spec/index.ts';
import { assign } from './assign.ts';
import type { Condition } from './expressions.ts';
import { ABSENT, type Assignment, type Axis, type Space } from './space.ts';

type Reference = Condition['references'][number];

/**
 * What a condition sees at a path: the value of the axis there, else what the spec says, else the default that follows from both. An
 * axis that does not exist leaves the spec's value.
 */
export function lookupIn(axes: readonly Axis[], partial: Record<string, unknown>): Space['lookup'] {
  const plans = new WeakMap<Reference, Axis[]>();
  const planOf = (reference: Reference): Axis[] => {
    let plan = plans.get(reference);
    if (!plan) {
      plan = axes
        .filter((axis) => overlaps(axis.path, reference.path))
        .sort((a, b) => b.path.length - a.path.length);
      plans.set(reference, plan);
    }
    return plan;
  };
  const whole = (assignment: Assignment, reference: Reference): unknown =>
    valueAt(fillDefaults(experimentSchema, assign(partial, axes, assignment).partial), reference.path);
  const find = (assignment: Assignment, reference: Reference): unknown => {
    for (const axis of planOf(reference)) {
      const value = assignment[axis.index];
      if (value === ABSENT || value === undefined) continue;
      // An axis within what is asked for: the whole must be put together.
      if (axis.path.length > reference.path.length) return whole(assignment, reference);
      return valueAt(value, reference.path.slice(axis.path.length)) ?? whole(assignment, reference);
    }
    return valueAt(partial, reference.path) ?? whole(assignment, reference);
  };
  return (assignment) => (reference) => find(assignment, reference);
}
