/** One measurement of one side; gives its figure. */
export type Side = () => number | Promise<number>;

/** The middle value; the mean of the two middle ones for an even count. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Measures the sides in turn, `rounds` times, the first of a round being another one each time. */
export async function alternate<K extends string>(
  rounds: number,
  sides: Record<K, Side>,
): Promise<Record<K, { median: number; values: number[] }>> {
  const names = Object.keys(sides) as K[];
  const values = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<K, number[]>;
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < names.length; i++) {
      const name = names[(round + i) % names.length]!;
      values[name].push(await sides[name]());
    }
  }
  return Object.fromEntries(
    names.map((name) => [name, { median: median(values[name]), values: values[name] }]),
  ) as Record<K, { median: number; values: number[] }>;
}
