/** A path of keys, and of indices of lists. */
export type KeyPath = ReadonlyArray<string | number>;

/** Whether a value is an object of keys: no list, not null. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The leaves of an object by dotted path, in its order. Lists and empty objects are leaves; what is undefined is left out.
 */
export function leaves(value: object, above = ''): Map<string, unknown> {
  const found = new Map<string, unknown>();
  const visit = (part: object, path: string) => {
    for (const [key, child] of Object.entries(part)) {
      const at = path === '' ? key : `${path}.${key}`;
      if (isRecord(child) && Object.keys(child).length > 0) visit(child, at);
      else if (child !== undefined) found.set(at, child);
    }
  };
  visit(value, above);
  return found;
}

/** The value at a path of keys; undefined if there is none. */
export function valueAt(value: unknown, path: KeyPath): unknown {
  let current = value;
  for (const part of path) {
    if (Array.isArray(current)) current = current[Number(part)];
    else if (isRecord(current) && Object.hasOwn(current, part)) current = current[part];
    else return undefined;
  }
  return current;
}

/** Whether a path is another one or lies under it. */
export function startsWith(path: KeyPath, start: KeyPath): boolean {
  return start.length <= path.length && overlaps(path, start);
}

/** Whether one of two paths is the other or lies under it. */
export function overlaps(a: KeyPath, b: KeyPath): boolean {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) if (String(a[i]) !== String(b[i])) return false;
  return true;
}
