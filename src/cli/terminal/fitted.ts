import stringWidth from 'string-width';
import { cut } from './table.ts';

/** A line that is wider than the terminal would wrap, and the next frame would not cover it. */
export function fitted(line: string, width: number): string {
  if (stringWidth(line) <= width) return line;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escapes of colours have no width.
  return cut(line.replace(/\u001b\[\d+m/g, ''), width);
}
