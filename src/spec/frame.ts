import { lineAndColumn, lineStarts } from '../base/positions.ts';
import { withoutSecrets } from '../base/secrets.ts';

const WIDTH = 110;

/**
 * The line at fault with its neighbours, line numbers and a mark under the place:
 *
 *     2 | train:
 *   > 3 |   epoch: 30
 *       |   ^^^^^
 */
export function codeFrame(text: string, start: number, end: number): string {
  const { line, column } = lineAndColumn(text, start);
  const starts = lineStarts(text);
  const first = Math.max(1, line - 1);
  const last = Math.min(starts.length, line + 1);
  const gutter = String(last).length;
  const frame: string[] = [];
  const rest = text.slice(start, end).split('\n')[0]!;
  const length = Math.max(1, [...rest.trimEnd()].length);
  // A very long line is shown from near the mark.
  const from = column > WIDTH - 20 ? column - 40 : 0;
  for (let number = first; number <= last; number++) {
    const content = [...lineOf(text, starts, number).replaceAll('\t', ' ')];
    const shown = printable(content.slice(from, from + WIDTH).join(''));
    if (number !== line && shown.trim() === '') continue;
    frame.push(`  ${number === line ? '>' : ' '} ${String(number).padStart(gutter)} | ${shown}`.trimEnd());
    if (number === line) {
      const mark = '^'.repeat(Math.min(length, WIDTH - (column - 1 - from)));
      frame.push(`    ${' '.repeat(gutter)} | ${' '.repeat(column - 1 - from)}${mark}`);
    }
  }
  return frame.join('\n');
}

function lineOf(text: string, starts: readonly number[], number: number): string {
  return text.slice(starts[number - 1], (starts[number] ?? text.length + 1) - 1).replace(/\r$/, '');
}

/** Control characters would move the terminal's cursor, and a password in an address is not to be shown. */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced.
  const control = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
  return withoutSecrets(text.replace(control, '\u00b7'), { sameLength: true });
}
