import type { Values } from './distributions/distribution.ts';
import { equal } from './expressions.ts';
import { ABSENT, type Coding } from './space.ts';

/** Points without an order: their indices. */
export function choiceCoding(size: number, point: (k: number) => readonly unknown[]): Coding {
  return {
    coordinates: [{ kind: 'choice', size }],
    encode(values) {
      for (let k = 0; k < size; k++) {
        const own = point(k);
        if (values.every((value, i) => value === ABSENT || equal(value, own[i]))) return [k];
      }
      return undefined;
    },
    decode: (numbers) => point(numbers[0]!),
  };
}

/** The one axis of a dimension: a number where its distribution is one. */
export function axisCoding({ list, number }: Values): Coding {
  if (!number) return choiceCoding(list!.length, (k) => [list![k]]);
  const { coordinate, measure, value } = number;
  return {
    coordinates: [coordinate],
    encode([given]) {
      if (typeof given !== 'number') return undefined;
      const x = measure(given);
      return x >= coordinate.low && x <= coordinate.high ? [x] : undefined;
    },
    decode: (numbers) => [value(numbers[0]!)],
  };
}
