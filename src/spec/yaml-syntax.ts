import type { Finding } from './problem.ts';
import { depthFinding } from './read-limits.ts';

const yamlRemedies: Record<string, string> = {
  TAB_AS_INDENT: 'Indent with spaces.',
  MULTIPLE_DOCS: 'Keep one document in a file: remove the `---` between them.',
  MISSING_CHAR: 'Close the quote or bracket.',
  BAD_INDENT: 'Indent the keys of one map alike.',
};

/** In words of the file, not of the library that reads it. */
const yamlMessages: Record<string, string> = {
  MULTIPLE_DOCS: 'The file holds more than one document.',
  BAD_INDENT: 'A key stands neither in the column of the keys before it nor further in.',
  BLOCK_AS_IMPLICIT_KEY: 'A value holds a colon and a space, as only a key may.',
};

export function yamlFinding(code: string, message: string, line: string): Finding {
  if (message.includes('call stack')) return depthFinding([]);
  const said = message.replace(/\s+at line \d+.*$/s, '').replace(/\.?$/, '.');
  return {
    code: 'yaml-syntax',
    path: '',
    message: `This is not valid YAML: ${yamlMessages[code] ?? said}`,
    remedy: remedyOf(code, line),
  };
}

/** Spaces that look like one and are part of a word to YAML. */
export const oddSpace = /[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/;
export const ODD_SPACE =
  'There is a no-break space, or another that is none to YAML: type an ordinary space in its place.';

export const oddSpaceMessage = 'This is one word to YAML: a space in it is none.';

function remedyOf(code: string, line: string): string | undefined {
  if (oddSpace.test(line)) return ODD_SPACE;
  if (/^\s*[^\s:#]+: [^"'#]*: /.test(line)) return 'Put text with a colon in quotes.';
  return yamlRemedies[code];
}

/** The line that an offset lies in. */
export function lineAt(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', offset);
  return text.slice(start, end === -1 ? undefined : end);
}
