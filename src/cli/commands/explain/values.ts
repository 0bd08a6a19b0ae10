import { withoutSecrets } from '../../../base/secrets.ts';
import type { ExplainedValue } from '../../../operations/index.ts';
import { originText } from '../../../record/index.ts';
import { brokenLine, outputWidth } from '../../terminal/wide-table.ts';

/** One line per value: its path, the value and where it came from; several in a terminal that is too narrow. */
export function valueTable(rows: readonly ExplainedValue[]): string {
  const cells = rows.map((row) => [row.path, text(row.value), origins(row)]);
  const width = (i: number, limit: number) =>
    Math.min(limit, Math.max(...cells.map((cell) => cell[i]!.length)));
  const [first, second] = [width(0, 60), width(1, 48)];
  return cells
    .map(([path, value, origin]) => `${path!.padEnd(first)}  ${value!.padEnd(second)}  ${origin}`)
    .map((line) => brokenLine(line, outputWidth()))
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
  return withoutSecrets(value);
}

function origins({ origin, swept }: ExplainedValue): string {
  return swept ? `${originText(origin)}, varied by ${originText(swept)}` : originText(origin);
}
