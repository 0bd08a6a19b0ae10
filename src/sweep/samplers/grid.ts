import { type Assignment, allowed, choose, type Space, type Tally } from '../space.ts';
import type { FixedKind } from './sampler.ts';

/** Every point, the last axis fastest; a branch is left as soon as a constraint refuses it. */
export const grid: FixedKind = {
  name: 'grid',
  exhaustive: true,
  create(space, { tally }) {
    const points = walk(space, new Array<unknown>(space.axes.length), 0, tally);
    return {
      ask() {
        const { done, value } = points.next();
        return done ? undefined : value;
      },
    };
  },
};

function* walk(space: Space, assignment: unknown[], depth: number, tally: Tally): Generator<Assignment> {
  const dimension = space.dimensions[depth];
  if (!dimension) {
    yield [...assignment];
    return;
  }
  // Whether an axis exists does not depend on its own value: an absent one has one point, not as many as values.
  const seen = dimension.axes.some((axis) => axis.when) ? new Set<string>() : undefined;
  for (let k = 0; k < dimension.size!; k++) {
    const values = dimension.point(k);
    const present = choose(space, dimension, values, assignment, tally);
    if (seen && present < dimension.axes.length) {
      const key = JSON.stringify(dimension.axes.map(({ index }) => printable(assignment[index])));
      if (seen.has(key)) continue;
      seen.add(key);
    }
    if (allowed(space, assignment, depth + 1, tally)) yield* walk(space, assignment, depth + 1, tally);
  }
  for (const axis of dimension.axes) assignment[axis.index] = undefined;
}

function printable(value: unknown): unknown {
  return typeof value === 'symbol' ? null : [value];
}
