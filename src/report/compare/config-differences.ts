import { leaves } from '../../base/objects.ts';
import { type Decides, decides } from '../../spec/index.ts';

/** A value that configs do not share. */
export interface ConfigDifference {
  path: string;
  /** Of each config, undefined where it has none. */
  values: unknown[];
  /** Whether the value decides the result. */
  decides: Decides;
}

/** The leaves in which configs differ, those that decide the result first; each in the order of the configs. */
export function configDifferences(configs: readonly object[]): ConfigDifference[] {
  const flat = configs.map((config) => leaves(config));
  const paths = new Set(flat.flatMap((values) => [...values.keys()]));
  const found = [...paths].flatMap((path): ConfigDifference[] => {
    const values = flat.map((one) => one.get(path));
    const alike = new Set(values.map((value) => JSON.stringify(value))).size === 1;
    return alike ? [] : [{ path, values, decides: decides(path) }];
  });
  const rank = ({ decides: what }: ConfigDifference) => (what === 'nothing' ? 1 : 0);
  return found.sort((a, b) => rank(a) - rank(b));
}
