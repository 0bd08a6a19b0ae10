import { Lexer } from 'yaml';
import { type Finding, type Problem, problemAt } from './problem.ts';
import type { Source } from './source.ts';
import { formatPath, type Path } from './tree.ts';

/** A spec is a page; what is larger was given by mistake or malice. */
export const limits = {
  /** Characters of a file. */
  characters: 1_000_000,
  /** Keys of maps, by the colons of a text: before it is read. */
  keys: 4000,
  /** Values of a document after its aliases are followed. */
  nodes: 50_000,
  /** Nesting. */
  depth: 50,
};

/** What is too much of a text, found before it is parsed: that would take seconds, or exhaust the stack. */
export const tooMuch = (source: Source): Problem | undefined =>
  tooLarge(source) ?? tooManyKeys(source) ?? tooManyValues(source) ?? tooDeep(source);

function tooLarge(source: Source): Problem | undefined {
  const { length } = source.text;
  if (length <= limits.characters) return undefined;
  return problemAt(
    { source: { ...source, text: '' }, start: 0, end: 0 },
    {
      code: 'spec-too-large',
      path: '',
      message: 'The file is too large for a spec.',
      found: `${length} characters`,
      expected: `at most ${limits.characters}`,
    },
  );
}

/** A map of a hundred thousand keys takes seconds to read, and as many to complain of. */
function tooManyKeys(source: Source): Problem | undefined {
  const colons = source.text.matchAll(/:(?=\s)/g);
  let count = 0;
  for (const { index } of colons)
    if (++count > limits.keys)
      return problemAt(
        { source, start: index, end: index + 1 },
        {
          code: 'yaml-size',
          path: '',
          message: `The file has more than ${limits.keys} keys.`,
          remedy: 'Write fewer: a spec is a page, and a sweep makes its trials from ranges.',
        },
      );
  return undefined;
}

/** A list is as slow to read: every comma and every line may be a value. */
function tooManyValues(source: Source): Problem | undefined {
  const { text } = source;
  if (text.length < limits.nodes) return undefined;
  let count = 0;
  // What is between quotes, or in a comment, is no value; only a text with many separators is worth its tokens.
  for (const _ of text.matchAll(/[,\n]/g)) count++;
  if (count <= limits.nodes) return undefined;
  let values = 0;
  let at = 0;
  for (const token of new Lexer().lex(text)) {
    if ((token === ',' || token === '-') && ++values > limits.nodes)
      return problemAt({ source, start: at, end: at + 1 }, sizeFinding([]));
    if (!lexerMarks.has(token)) at += token.length;
  }
  return undefined;
}

/** What the lexer puts between tokens for documents, flows and scalars: not of the text. */
const lexerMarks = new Set(['\u0002', '\u0018', '\u001f', '\ufeff']);

/** Flow collections nested deeper than yaml can follow without exhausting the stack. */
function tooDeep(source: Source): Problem | undefined {
  const { text } = source;
  // Brackets in comments and texts nest nothing; only a text with many of them is worth its tokens.
  if ((text.match(/[[{]/g)?.length ?? 0) <= 4 * limits.depth) return undefined;
  let depth = 0;
  let at = 0;
  for (const token of new Lexer().lex(text)) {
    if (token === '[' || token === '{') {
      if (++depth > 4 * limits.depth) return problemAt({ source, start: at, end: at + 1 }, depthFinding([]));
    } else if ((token === ']' || token === '}') && depth > 0) depth--;
    if (!lexerMarks.has(token)) at += token.length;
  }
  return undefined;
}

export function sizeFinding(path: Path): Finding {
  return {
    code: 'yaml-size',
    path: formatPath(path),
    message: `The document has more than ${limits.nodes} values when its aliases are followed.`,
    remedy: 'Write fewer values; an alias of an alias of an alias multiplies them.',
  };
}

export function depthFinding(path: Path): Finding {
  return {
    code: 'yaml-depth',
    path: formatPath(path),
    message: `Values are nested deeper than ${limits.depth} levels.`,
  };
}
