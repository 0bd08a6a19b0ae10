import { createHash } from 'node:crypto';
import { isRecord, leaves } from '../../base/objects.ts';
import { decides } from '../../spec/index.ts';

/** The leaves of a config that must be the same for a run to continue, as JSON by their dotted paths, sorted. */
function decisive(config: object): Map<string, string> {
  const found = [...leaves(config)].filter(
    ([path, value]) => decides(path) === 'result' && !(isRecord(value) && Object.keys(value).length === 0),
  );
  return new Map(
    found.sort(([a], [b]) => (a < b ? -1 : 1)).map(([path, value]) => [path, JSON.stringify(value)]),
  );
}

/** SHA-256 of what decides a run's result, hexadecimal. */
export function configDigest(config: object): string {
  return createHash('sha256')
    .update(JSON.stringify([...decisive(config)]))
    .digest('hex');
}

/** The dotted paths that decide a run's result and differ, with both values as JSON; an absent one is undefined. */
export function differences(
  before: object,
  after: object,
): { path: string; before: string | undefined; after: string | undefined }[] {
  const old = decisive(before);
  const now = decisive(after);
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((path) => old.get(path) !== now.get(path))
    .map((path) => ({ path, before: old.get(path), after: now.get(path) }));
}
