/** The leaves of a value by dotted path; lists and empty maps are leaves. */
export function flatten(value: object, above = ''): Map<string, unknown> {
  const leaves = new Map<string, unknown>();
  for (const [key, part] of Object.entries(value)) {
    const path = above === '' ? key : `${above}.${key}`;
    if (isMap(part) && Object.keys(part).length > 0)
      for (const [deeper, leaf] of flatten(part, path)) leaves.set(deeper, leaf);
    else if (part !== undefined) leaves.set(path, part);
  }
  return leaves;
}

const isMap = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
