import stringWidth from 'string-width';
import { folded } from './folded.ts';
import { rowBlocks } from './row-blocks.ts';
import { type Column, printable, table } from './table.ts';
import { terminalSize } from './terminal-size.ts';

/** Characters of a line on stdout; without end where no terminal reads it. */
export const outputWidth = (): number =>
  process.stdout.isTTY ? terminalSize(process.stdout).columns - 1 : Number.POSITIVE_INFINITY;

const GAP = 2;

/**
 * A table of which nothing is cut or left out: the columns that do not fit beside one another are continued below, under the first
 * column again, so that no terminal breaks a line within a number. Where one column beside the first is too wide, each row is a block
 * of lines.
 */
export function wideTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number = outputWidth(),
): string {
  const used = columns.map((_, i) => i).filter((i) => rows.length === 0 || rows.some((row) => row[i] !== ''));
  const widthOf = (i: number) =>
    rows.reduce(
      (most, row) => Math.max(most, stringWidth(printable(row[i]!))),
      stringWidth(columns[i]!.title),
    );
  const [first, ...rest] = used;
  if (first === undefined) return table(columns, rows);
  const widest = rest.reduce((most, i) => Math.max(most, widthOf(i)), 0);
  if (rows.length > 0 && rest.length > 0 && widthOf(first) + GAP + widest > width)
    return rowBlocks(
      used.map((i) => columns[i]!.title),
      rows.map((row) => used.map((i) => printable(row[i]!))),
      width,
    );
  const parts: number[][] = [];
  let room = 0;
  for (const i of rest) {
    const needed = GAP + widthOf(i);
    if (parts.length === 0 || room < needed) {
      parts.push([first]);
      room = width - widthOf(first);
    }
    parts.at(-1)!.push(i);
    room -= needed;
  }
  return (parts.length === 0 ? [[first]] : parts)
    .map((part) =>
      table(
        part.map((i) => columns[i]!),
        rows.map((row) => part.map((i) => row[i]!)),
      ),
    )
    .join('\n\n');
}

/**
 * A line of parts two spaces apart; where it is too long, it is continued below at such a place, indented, and within a part that is longer
 * than a line between its words.
 */
export function brokenLine(line: string, width: number): string {
  if (stringWidth(line) <= width) return line;
  const lines: string[] = [];
  let current = '';
  for (const part of line.split(/ {2,}/)) {
    const longer = current === '' ? part : `${current}  ${part}`;
    if (stringWidth(longer) <= width) {
      current = longer;
      continue;
    }
    if (current !== '') lines.push(current);
    const indent = lines.length > 0 ? '  ' : '';
    const pieces = folded(part, width - indent.length).map((piece) => indent + piece);
    current = pieces.pop()!;
    lines.push(...pieces);
  }
  return [...lines, current].join('\n');
}
