import { leaves } from '../../base/objects.ts';
import type { Origins, RecordedConfig } from '../../record/index.ts';
import { decides } from '../../spec/index.ts';

interface Described {
  config: RecordedConfig;
  origins: Origins;
}

/**
 * The values that tell trials apart, by dotted path, for a folder without a manifest: what differs between their configs, without the
 * seed, what follows it, and what was changed after a failure.
 */
export function differingAxes(trials: readonly Described[]): {
  paths: string[];
  valuesOf: (trial: Described) => Record<string, unknown>;
} {
  const flat = new Map(trials.map((trial) => [trial, leaves(trial.config)]));
  const all = new Set([...flat.values()].flatMap((values) => [...values.keys()]));
  const paths = [...all].filter((path) => {
    if (decides(path) === 'nothing' || path === 'seed') return false;
    const seen = new Set(trials.map((trial) => JSON.stringify(flat.get(trial)!.get(path))));
    return seen.size > 1 && !trials.every((trial) => isAside(trial, path, flat.get(trial)!));
  });
  const valuesOf = (trial: Described): Record<string, unknown> => {
    const values = flat.get(trial)!;
    return Object.fromEntries(
      paths.flatMap((path) => (values.has(path) ? [[path, written(trial, path, values.get(path))]] : [])),
    );
  };
  return {
    paths: paths.filter((path) => new Set(trials.map((t) => JSON.stringify(valuesOf(t)[path]))).size > 1),
    valuesOf,
  };
}

/** Follows the seed by default. */
function isAside({ config }: Described, path: string, values: Map<string, unknown>): boolean {
  return path.endsWith('.seed') && values.get(path) === config.seed;
}

/** What stood there before the value was changed after a failure. */
function written({ origins }: Described, path: string, value: unknown): unknown {
  const origin = origins[path];
  return origin?.kind === 'retry' && origin.from !== undefined ? origin.from : value;
}
