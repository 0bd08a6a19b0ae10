import { valueAt } from '../base/objects.ts';
import type { Experiment } from '../spec/index.ts';
import { experimentSchema, fillDefaults } from '../spec/index.ts';
import { assign } from './assign.ts';
import { possibleSchemas } from './paths.ts';
import type { Assignment, Axis } from './space.ts';

/** A trial's config, not yet checked. Sections, and maps in them, that no axis touches are shared by all trials. */
export interface Configured {
  config: Experiment;
  /** Sections of the spec that an axis touched. */
  sections: ReadonlySet<string>;
  /** An axis whose place does not exist in this trial, and why. */
  unreachable?: { axis: Axis; why: string };
}

/**
 * Makes the configs of the points of a space. An axis over a single value goes straight into the config with its defaults; the sections
 * of other axes (whole objects, kinds of unions, items of lists) are put into the spec first and get their defaults then.
 */
export function configurer(
  partial: Record<string, unknown>,
  axes: readonly Axis[],
): (point: Assignment) => Configured {
  const filled = fillDefaults(experimentSchema, partial) as Record<string, unknown>;
  const { sweep: _, extends: __, ...base } = filled;
  const indirect = new Set(axes.filter((axis) => !isDirect(axis, base)).map(sectionOf));
  const straight = axes.filter((axis) => !indirect.has(sectionOf(axis)));
  const others = axes.filter((axis) => indirect.has(sectionOf(axis)));
  return (point) => {
    const { partial: config, sections, unreachable } = assign(base, straight, point);
    if (others.length === 0) return { config: config as unknown as Experiment, sections, unreachable };
    const written = assign(partial, others, point);
    for (const section of written.sections) {
      sections.add(section);
      config[section] = fillDefaults(experimentSchema.properties![section]!, written.partial[section]);
    }
    return {
      config: config as unknown as Experiment,
      sections,
      unreachable: unreachable ?? written.unreachable,
    };
  };
}

const sectionOf = ({ path }: Axis): string => String(path[0]);

/** Whether nothing but the value itself changes with the axis: no default depends on it, and null does not take it away. */
function isDirect({ path, values }: Axis, base: Record<string, unknown>): boolean {
  const parents = possibleSchemas(path.slice(0, -1));
  return (
    valueAt(base, path) !== undefined &&
    path.every((part) => typeof part === 'string') &&
    (values.list?.every((value) => typeof value !== 'object') ?? true) &&
    parents.every(({ discriminator }) => discriminator?.propertyName !== path.at(-1))
  );
}
