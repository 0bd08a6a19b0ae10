/** A number as JSON holds it: NaN and the infinities are strings in the record. */
export type Encoded = number | 'NaN' | 'Infinity' | '-Infinity';

export function encodeNumber(value: number): Encoded {
  return Number.isFinite(value) ? value : (String(value) as Encoded);
}

/** NaN for what is none of the record's numbers. */
export function decodeNumber(value: unknown): number {
  if (typeof value === 'number') return value;
  if (value === 'Infinity') return Number.POSITIVE_INFINITY;
  return value === '-Infinity' ? Number.NEGATIVE_INFINITY : Number.NaN;
}

export function encodeValues(values: Readonly<Record<string, number>>): Record<string, Encoded> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, encodeNumber(value)]));
}

export function decodeValues(values: unknown): Record<string, number> {
  if (typeof values !== 'object' || values === null) return {};
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, decodeNumber(value)]));
}
