import { isRecord } from '../base/objects.ts';

/** Takes of a JSON value what is of a type; undefined for what is not. */
export type Shape<T> = (value: unknown) => T | undefined;

export const text: Shape<string> = (value) => (typeof value === 'string' ? value : undefined);
export const finite: Shape<number> = (value) =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;
export const flag: Shape<boolean> = (value) => (typeof value === 'boolean' ? value : undefined);
export const nothing: Shape<null> = (value) => (value === null ? null : undefined);

export const whole =
  (least: number): Shape<number> =>
  (value) =>
    Number.isSafeInteger(value) && (value as number) >= least ? (value as number) : undefined;

/** Milliseconds since 1970, as far as Date reaches. */
export const time: Shape<number> = (value) =>
  typeof value === 'number' && value >= 0 && value <= 8.64e15 ? value : undefined;

export const oneOf =
  <T extends string>(...values: readonly T[]): Shape<T> =>
  (value) =>
    values.includes(value as T) ? (value as T) : undefined;

export const either =
  <A, B>(a: Shape<A>, b: Shape<B>): Shape<A | B> =>
  (value) => {
    const first = a(value);
    return first === undefined ? b(value) : first;
  };

/** A list without the items that are of another shape. */
export const listOf =
  <T>(item: Shape<T>): Shape<T[]> =>
  (value) =>
    Array.isArray(value)
      ? value.flatMap((part) => {
          const found = item(part);
          return found === undefined ? [] : [found];
        })
      : undefined;

export const anything: Shape<Record<string, unknown>> = (value) => (isRecord(value) ? value : undefined);

type Shapes<T> = { [K in keyof Required<T>]: Shape<NonNullable<T[K]> | Extract<T[K], null>> };

/** An object without the keys whose values are of another shape; undefined if one that must be there is not. */
export const object =
  <T extends object>(shapes: Shapes<T>, needed: readonly (keyof T & string)[] = []): Shape<T> =>
  (value) => {
    if (!isRecord(value)) return undefined;
    const found: [string, unknown][] = [];
    for (const [key, shape] of Object.entries<Shape<unknown>>(shapes)) {
      const part = Object.hasOwn(value, key) ? shape(value[key]) : undefined;
      if (part !== undefined) found.push([key, part]);
      else if ((needed as readonly string[]).includes(key)) return undefined;
    }
    return Object.fromEntries(found) as T;
  };
