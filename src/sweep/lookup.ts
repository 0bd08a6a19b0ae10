import type { Path } from '../spec/index.ts';
import { experimentSchema, fillDefaults, isRecord } from '../spec/index.ts';
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
        .filter((axis) => related(axis.path, reference.path))
        .sort((a, b) => b.path.length - a.path.length);
      plans.set(reference, plan);
    }
    return plan;
  };
  const whole = (assignment: Assignment, reference: Reference): unknown =>
    at(fillDefaults(experimentSchema, assign(partial, axes, assignment).partial), reference.path);
  const find = (assignment: Assignment, reference: Reference): unknown => {
    for (const axis of planOf(reference)) {
      const value = assignment[axis.index];
      if (value === ABSENT || value === undefined) continue;
      // An axis within what is asked for: the whole must be put together.
      if (axis.path.length > reference.path.length) return whole(assignment, reference);
      return at(value, reference.path.slice(axis.path.length)) ?? whole(assignment, reference);
    }
    return at(partial, reference.path) ?? whole(assignment, reference);
  };
  return (assignment) => (reference) => find(assignment, reference);
}

function related(a: Path, b: Path): boolean {
  const shared = Math.min(a.length, b.length);
  return a.slice(0, shared).every((part, i) => String(part) === String(b[i]));
}

/** The value at a path; undefined where there is none. */
export function at(value: unknown, path: Path): unknown {
  let current = value;
  for (const part of path) {
    if (Array.isArray(current)) current = current[Number(part)];
    else if (isRecord(current) && Object.hasOwn(current, part)) current = current[part];
    else return undefined;
  }
  return current;
}
