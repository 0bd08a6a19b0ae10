import stringWidth from 'string-width';
import { folded } from './folded.ts';

/**
 * Rows for a terminal that is narrower than a table of them: below the first cell of a row each other one on a line of its own, behind
 * its title or under it. Cells without a value are left out.
 */
export function rowBlocks(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  width: number,
): string {
  return rows
    .flatMap(([first = '', ...rest]) => [
      first,
      ...rest.flatMap((value, i) => (value === '' ? [] : entry(titles[i + 1]!, value, width))),
    ])
    .join('\n');
}

function entry(title: string, value: string, width: number): string[] {
  if (title === '') return [`  ${value}`];
  const line = `  ${title}  ${value}`;
  if (stringWidth(line) <= width) return [line];
  return [`  ${title}`, ...folded(value, width - 4).map((part) => `    ${part}`)];
}
