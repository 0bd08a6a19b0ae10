import stringWidth from 'string-width';
import { rowBlocks } from './row-blocks.ts';

export interface Column {
  title: string;
  align?: 'left' | 'right';
  /** It is cut where the table is too wide; else it keeps its width or goes whole. */
  shrinks?: boolean;
  /** Of columns that do not fit, that with the highest number goes first; without one it stays. */
  drop?: number;
}

const GAP = 2;
const SHORTEST = 8; // characters of a column that is cut

/**
 * Rows under their titles, columns two spaces apart, no line wider than `width` characters: columns are cut or left out, and where
 * those that must stay are too wide, each row is a block of lines. Columns without a value are left out too. Control characters are
 * replaced, so that a text of a record cannot move the cursor.
 */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width = Number.POSITIVE_INFINITY,
): string {
  const cells = rows.map((row) => row.map(printable));
  const needed = columns.map(({ title }, i) =>
    Math.max(stringWidth(title), ...widest(cells.map((row) => row[i]!))),
  );
  const used = columns
    .map((_, i) => i)
    .filter((i) => rows.length === 0 || cells.some((row) => row[i] !== ''));
  const { shown, widths, fits } = fit(columns, needed, used, width);
  if (!fits && rows.length > 0 && shown.length > 1)
    return rowBlocks(
      shown.map((i) => columns[i]!.title),
      cells.map((row) => shown.map((i) => row[i]!)),
      width,
    );
  const line = (row: readonly string[]) =>
    shown
      .map((i) => pad(cut(row[i]!, widths[i]!), widths[i]!, columns[i]!.align))
      .join(' '.repeat(GAP))
      .trimEnd();
  return [line(columns.map(({ title }) => title)), ...cells.map(line)].join('\n');
}

/** Not Math.max(...): a table may have more rows than a call may have arguments. */
function widest(texts: readonly string[]): [number] {
  return [texts.reduce((longest, text) => Math.max(longest, stringWidth(text)), 0)];
}

function fit(columns: readonly Column[], needed: readonly number[], used: readonly number[], width: number) {
  const widths = [...needed];
  let shown = [...used];
  const total = () => shown.reduce((sum, i) => sum + widths[i]!, 0) + GAP * (shown.length - 1);
  for (;;) {
    for (const i of shown) {
      const over = total() - width;
      if (over <= 0) return { shown, widths, fits: true };
      if (columns[i]!.shrinks) widths[i] = Math.max(Math.min(SHORTEST, widths[i]!), widths[i]! - over);
    }
    if (total() <= width) return { shown, widths, fits: true };
    const dropped = shown
      .filter((i) => columns[i]!.drop !== undefined)
      .sort((a, b) => columns[b]!.drop! - columns[a]!.drop!)[0];
    if (dropped === undefined) return { shown, widths, fits: false };
    shown = shown.filter((i) => i !== dropped);
    for (const i of shown) widths[i] = needed[i]!;
  }
}

/** A text of at most so many characters' width. */
export function cut(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let kept = '';
  for (const character of text) {
    if (stringWidth(kept + character) > width - 1) break;
    kept += character;
  }
  return `${kept}…`;
}

function pad(text: string, width: number, align: Column['align']): string {
  const space = ' '.repeat(Math.max(0, width - stringWidth(text)));
  return align === 'right' ? space + text : text + space;
}

export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced.
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g, ' ');
}
