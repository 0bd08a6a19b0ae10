import { overlaps } from '../base/objects.ts';
import { formatPath, type PlacedFinding } from '../spec/index.ts';
import type { Condition } from './expressions.ts';
import type { Axis, Dimension } from './space.ts';

/** Axes that decide what a condition sees. */
export function axesOf(condition: Condition, axes: readonly Axis[]): Axis[] {
  return axes.filter((axis) => condition.references.some(({ path }) => overlaps(path, axis.path)));
}

/** Dimensions so that each comes after those that its conditions refer to; otherwise as in the spec. */
export function orderByWhen(
  dimensions: Dimension[],
  axes: readonly Axis[],
  findings: PlacedFinding[],
): Dimension[] | undefined {
  const needs = new Map(
    dimensions.map((dimension) => {
      const conditions = dimension.axes.flatMap(({ when }) => (when ? [when] : []));
      const wanted = conditions.flatMap((condition) => axesOf(condition, axes));
      return [dimension, dimensions.filter((other) => other.axes.some((axis) => wanted.includes(axis)))];
    }),
  );
  const ordered: Dimension[] = [];
  while (ordered.length < dimensions.length) {
    const next = dimensions.find(
      (dimension) =>
        !ordered.includes(dimension) && needs.get(dimension)!.every((other) => ordered.includes(other)),
    );
    if (!next) {
      for (const dimension of dimensions)
        for (const { when, name } of dimension.axes)
          if (
            when &&
            !ordered.includes(dimension) &&
            needs.get(dimension)!.some((other) => !ordered.includes(other))
          )
            findings.push({
              code: 'sweep-when-cycle',
              at: when.at,
              on: 'key',
              path: formatPath(when.at),
              message: `Whether ${name} exists depends on itself.`,
              found: when.text,
            });
      return undefined;
    }
    ordered.push(next);
  }
  return ordered;
}
