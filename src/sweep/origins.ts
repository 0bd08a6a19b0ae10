import { isRecord, startsWith, valueAt } from '../base/objects.ts';
import {
  findNode,
  formatPath,
  type Origin,
  type Path,
  parsePath,
  placeOf,
  type ResolvedExperiment,
} from '../spec/index.ts';
import type { Trial } from './expand.ts';

/** Where each value of a trial's config came from: as the spec's own, and `axis` for what the sweep put in. */
export function trialOrigins(spec: ResolvedExperiment, trial: Trial): Record<string, Origin> {
  const axes = Object.keys(trial.axes).map((name) => ({
    name,
    path: parsePath(name)!,
    origin: axisOrigin(spec, name),
  }));
  const deepestFirst = [...axes].sort((a, b) => b.path.length - a.path.length);
  const origins: Record<string, Origin> = {};
  const visit = (value: unknown, path: Path) => {
    if (isRecord(value) && Object.keys(value).length > 0) {
      for (const [key, child] of Object.entries(value)) visit(child, [...path, key]);
      return;
    }
    const name = formatPath(path);
    const axis = deepestFirst.find((one) => startsWith(path, one.path));
    if (!axis) origins[name] = spec.origins[name] ?? { kind: 'default' };
    // What an axis of a whole object leaves out has its default.
    else if (valueAt(trial.axes[axis.name], path.slice(axis.path.length)) === undefined)
      origins[name] = { kind: 'default' };
    else origins[name] = axis.origin;
  };
  visit(trial.config, []);
  // Items of lists: the list has the origin that it has in the spec.
  for (const { name, origin } of axes) if (isWithinList(name)) origins[name] = origin;
  if ((spec.sweep?.repeats ?? 1) > 1) origins.seed = sweepOrigin(spec, 'sweep.repeats', ['sweep', 'repeats']);
  return origins;
}

/** Where the sweep of a spec varies its keys, by dotted path. */
export function sweptOrigins(spec: ResolvedExperiment): Record<string, Origin> {
  const { sweep } = spec;
  if (!sweep) return {};
  const written = [...Object.keys(sweep.axes), ...[sweep.simplex ?? []].flat().flatMap(({ paths }) => paths)];
  const names = written.map((path) => parsePath(path)).filter((path) => path !== undefined);
  return Object.fromEntries(names.map((path) => [formatPath(path), axisOrigin(spec, formatPath(path))]));
}

const isWithinList = (name: string): boolean => parsePath(name)!.some((part) => typeof part === 'number');

/** The place of an axis: its key under `sweep.axes`, or its path in a simplex. */
function axisOrigin(spec: ResolvedExperiment, name: string): Origin {
  for (const written of Object.keys(spec.sweep?.axes ?? {})) {
    const path = parsePath(written);
    if (path && formatPath(path) === name) return sweepOrigin(spec, name, ['sweep', 'axes', written]);
  }
  const { simplex } = spec.sweep ?? {};
  for (const [g, { paths }] of [simplex ?? []].flat().entries())
    for (const [i, written] of paths.entries())
      if (formatPath(parsePath(written) ?? []) === name)
        return sweepOrigin(
          spec,
          name,
          Array.isArray(simplex) ? ['sweep', 'simplex', g, 'paths', i] : ['sweep', 'simplex', 'paths', i],
        );
  return sweepOrigin(spec, name, ['sweep']);
}

function sweepOrigin({ tree }: ResolvedExperiment, axis: string, path: Path): Origin {
  const found = findNode(tree, path);
  const span = found?.key ?? found?.node.span;
  return { kind: 'axis', axis, ...(span ? placeOf(span) : {}) };
}
