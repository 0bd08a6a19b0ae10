/** A name as text of Markdown, also within a table. */
export const markdown = (text: string): string => text.replace(/[\\`*_{}[\]<>|#]/g, (char) => `\\${char}`);

const GAP = '&nbsp;&nbsp;';
const LONG = 40; // characters of a cell that may be broken

/**
 * A table of Markdown; the columns after the first are numbers. MLflow's tables have no padding and break their cells anywhere: hard spaces
 * stand between the columns and within cells, and heads are broken after their slash.
 */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const gap = (i: number) => (i === 0 ? '' : GAP);
  const whole = (cell: string) => (cell.length > LONG ? cell : cell.replaceAll(' ', '\u00a0'));
  return [
    line(header.map((cell, i) => gap(i) + whole(cell).replace('/', `/<br>${gap(i)}`))),
    line(header.map((_, i) => (i === 0 ? '---' : '---:'))),
    ...rows.map((row) => line(row.map((cell, i) => gap(i) + whole(cell)))),
  ].join('\n');
}
