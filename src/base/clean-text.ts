import { createHash } from 'node:crypto';
import { stripVTControlCharacters } from 'node:util';

/**
 * Characters that change what is around them in a terminal, or that XML forbids: controls, overrides of the writing direction,
 * half characters and non-characters.
 */
const unsafe = /[\p{Cc}\u200e\u200f\u2028-\u202e\u2066-\u2069\p{Surrogate}\ufffe\uffff]/gu;

const escaped = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;

/**
 * A name that a terminal, an SVG and a page can show: unsafe characters are written as escapes, and what is longer than `longest`
 * is cut and ends with the start of its hash, so that no two names become one.
 */
export function cleanName(name: string, longest = 250): string {
  const clean = name.replace(unsafe, escaped);
  if (clean.length <= longest) return clean;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return `${clean.slice(0, longest - 9)}…${hash}`;
}

/** A message without a terminal's escape codes and other unsafe characters; what is longer than `longest` is cut, and says so. */
export function cleanText(text: string, longest = 2000): string {
  const shorter = text.length > 4 * longest ? text.slice(0, 4 * longest) : text;
  const clean = stripVTControlCharacters(shorter).replace(unsafe, (char) =>
    char === '\n' || char === '\t' ? char : escaped(char),
  );
  if (clean.length <= longest && shorter === text) return clean;
  return `${clean.slice(0, longest)}… (${text.length} characters)`;
}
