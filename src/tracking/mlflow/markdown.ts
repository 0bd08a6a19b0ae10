/** A name as text of Markdown, also within a table. */
export const markdown = (text: string): string => text.replace(/[\\`*_{}[\]<>|#]/g, (char) => `\\${char}`);

/** A table of Markdown; the columns after the first are numbers. The cells of MLflow's tables have no padding: a wide space stands for it. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const padded = (cells: readonly string[]) =>
    line(cells.map((cell, i) => (i === 0 ? cell : `&emsp;${cell}`)));
  return [
    padded(header),
    line(header.map((_, i) => (i === 0 ? '---' : '---:'))),
    ...rows.map((row) => padded(row)),
  ].join('\n');
}
