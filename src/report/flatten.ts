import { isObject, type Json } from './read-run.ts';

/** The values of a config by dotted path; lists and empty objects are values. */
export function flatten(config: Json, prefix = ''): Map<string, unknown> {
  const found = new Map<string, unknown>();
  for (const [key, value] of Object.entries(config)) {
    const path = prefix === '' ? key : `${prefix}.${key}`;
    if (isObject(value) && Object.keys(value).length > 0)
      for (const [inner, item] of flatten(value, path)) found.set(inner, item);
    else found.set(path, value);
  }
  return found;
}
