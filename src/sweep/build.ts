import type { PlacedFinding } from '../spec/index.ts';
import { checkMethod, checkSeeds } from './check-method.ts';
import { type Condition, readCondition } from './expressions.ts';
import { lookupIn } from './lookup.ts';
import { axesOf, orderByWhen } from './order.ts';
import type { Space } from './space.ts';
import { SpaceBuilder } from './space-builder.ts';
import type { SweepSpec } from './sweep-spec.ts';

/**
 *   axes, simplex ─▶ Axis[] ─▶ zip ─▶ Dimension[] ─▶ ordered by when ─▶ exclude, require ─▶ Space
 *
 * The space of a sweep. What is wrong with it is added to the findings, and nothing is given then.
 */
export function buildSpace(
  sweep: SweepSpec,
  partial: Record<string, unknown>,
  findings: PlacedFinding[],
): Space | undefined {
  const before = findings.length;
  const builder = new SpaceBuilder(sweep, findings);
  builder.readAxes();
  builder.readSimplexes();
  builder.readWhen();
  const dimensions = builder.group();
  checkMethod(sweep, dimensions, findings);
  checkSeeds(sweep, partial, findings);
  const excluded = conditionsOf('exclude', sweep.exclude, findings);
  const required = conditionsOf('require', sweep.require, findings);
  if (findings.length > before) return undefined;
  const axes = builder.axes;
  const ordered = orderByWhen(dimensions, axes, findings);
  if (!ordered) return undefined;
  const constraints = [
    ...excluded.map((condition) => ({ condition, kind: 'exclude' as const })),
    ...required.map((condition) => ({ condition, kind: 'require' as const })),
  ].map((constraint) => ({
    ...constraint,
    after: Math.max(
      0,
      ...axesOf(constraint.condition, axes).map(
        (axis) => ordered.findIndex((d) => d.axes.includes(axis)) + 1,
      ),
    ),
  }));
  return {
    axes,
    dimensions: ordered,
    coordinates: ordered.reduce((sum, dimension) => sum + dimension.coordinates, 0),
    constraints,
    lookup: lookupIn(axes, partial),
  };
}

function conditionsOf(
  key: 'exclude' | 'require',
  given: SweepSpec['exclude'],
  findings: PlacedFinding[],
): Condition[] {
  return given
    .map((one, i) => readCondition(one as string | Record<string, unknown>, ['sweep', key, i], findings))
    .filter((condition) => condition !== undefined);
}
