import type { ExplainedValue } from '../../../operations/index.ts';
import { type Origin, placeText } from '../../../spec/index.ts';

/** One line per value: its path, the value and where it came from. */
export function valueTable(rows: readonly ExplainedValue[]): string {
  const cells = rows.map((row) => [row.path, text(row.value), originText(row)]);
  const width = (i: number, limit: number) =>
    Math.min(limit, Math.max(...cells.map((cell) => cell[i]!.length)));
  const [first, second] = [width(0, 60), width(1, 48)];
  return cells
    .map(([path, value, origin]) => `${path!.padEnd(first)}  ${value!.padEnd(second)}  ${origin}`)
    .join('\n');
}

function text(value: unknown): string {
  const line =
    typeof value === 'string' && value !== '' ? (shown(value) as string) : JSON.stringify(shown(value));
  return line.replaceAll('\n', '⏎');
}

/** A password in an address is not shown: runs of older versions may hold one. */
export function shown(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  return value.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, '$1…@');
}

function originText({ origin, swept }: ExplainedValue): string {
  const varied = swept ? `, varied by ${originOf(swept)}` : '';
  return originOf(origin) + varied;
}

function originOf(origin: Origin): string {
  switch (origin.kind) {
    case 'default':
      return 'default';
    case 'file':
      return placeText(origin);
    case 'flag':
      return origin.flag;
    case 'environment':
      return `environment ${origin.variable} in ${placeText(origin)}`;
    case 'axis':
      return `${origin.axis === 'sweep.repeats' ? origin.axis : 'axis'} at ${placeText(origin)}`;
    case 'retry':
      return `changed from ${JSON.stringify(origin.from)} after a failure (${origin.class})`;
  }
}
