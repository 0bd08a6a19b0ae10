import { decides } from '../../spec/index.ts';
import { flatten } from '../flatten.ts';
import { isObject, type Json } from '../read-run.ts';

interface Described {
  config: Json;
  origins: Json;
}

/**
 * The values that tell trials apart, by dotted path, for a folder without a manifest: what differs between their configs, without the
 * seed, what follows it, and what was changed after a failure.
 */
export function differingAxes(trials: readonly Described[]): {
  paths: string[];
  valuesOf: (trial: Described) => Json;
} {
  const flat = new Map(trials.map((trial) => [trial, flatten(trial.config)]));
  const all = new Set([...flat.values()].flatMap((values) => [...values.keys()]));
  const paths = [...all].filter((path) => {
    if (decides(path) === 'nothing' || path === 'seed') return false;
    const seen = new Set(trials.map((trial) => JSON.stringify(flat.get(trial)!.get(path))));
    return seen.size > 1 && !trials.every((trial) => isAside(trial, path, flat.get(trial)!));
  });
  const valuesOf = (trial: Described): Json => {
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
  return isObject(origin) && origin.kind === 'retry' && origin.from !== undefined ? origin.from : value;
}
