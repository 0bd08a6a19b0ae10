import stringWidth from 'string-width';

/** Columns that a value needs beside its name. */
const ROOM = 24;

/** Names and values, a line each, the values in one column; under their names in a terminal that has no room for that. */
export function facts(
  pairs: readonly (readonly [name: string, value: string])[],
  width: number = Number.POSITIVE_INFINITY,
): string {
  const longest = pairs.reduce((most, [name]) => Math.max(most, stringWidth(name)), 0);
  const stacked = width - longest < ROOM;
  return pairs
    .flatMap(([name, value]) => {
      if (!stacked) return [`${name}${' '.repeat(longest - stringWidth(name))}  ${value}`];
      return name === '' ? [`  ${value}`] : [name, `  ${value}`];
    })
    .join('\n');
}
