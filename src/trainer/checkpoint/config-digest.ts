import { createHash } from 'node:crypto';

/** Keys that do not decide what a training step computes, so that a run may be continued after one of them was changed. */
const ignored = new Set([
  'name',
  'description',
  'tags',
  'extends',
  'tracking',
  'resources',
  'sweep',
  'trainer',
  'train.accumulation',
  'train.checkpoints',
  'model.weights',
  'evaluate.batch_size',
]);

/** The leaves of a config that decide a run's result, by their dotted paths, sorted. */
function leaves(config: object): Map<string, string> {
  const found = new Map<string, string>();
  const visit = (value: unknown, path: string) => {
    if (ignored.has(path)) return;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      for (const [key, child] of Object.entries(value)) visit(child, path === '' ? key : `${path}.${key}`);
    } else if (value !== undefined) found.set(path, JSON.stringify(value));
  };
  visit(config, '');
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** SHA-256 of what decides a run's result, hexadecimal. */
export function configDigest(config: object): string {
  return createHash('sha256')
    .update(JSON.stringify([...leaves(config)]))
    .digest('hex');
}

/** The dotted paths that decide a run's result and differ, with both values as JSON; an absent one is undefined. */
export function differences(
  before: object,
  after: object,
): { path: string; before: string | undefined; after: string | undefined }[] {
  const old = leaves(before);
  const now = leaves(after);
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((path) => old.get(path) !== now.get(path))
    .map((path) => ({ path, before: old.get(path), after: now.get(path) }));
}
