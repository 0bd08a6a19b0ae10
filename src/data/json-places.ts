/** Places in a JSON text, as offsets of UTF-16 units. */
export interface JsonPlaces {
  /** Where the text stops being JSON, if it does. */
  error: number | undefined;
  /** Where each element of the outermost array begins. */
  elements: number[];
}

const token =
  /[ \t\n\r]*(?:([[\]{},:])|("(?:[ !#-[\]-\uffff]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null))/y;

/**
 * Finds the first syntax error of a JSON text (RFC 8259) and the elements of its outermost array. `JSON.parse` tells the place
 * of some errors only, and of no element.
 */
export function jsonPlaces(text: string): JsonPlaces {
  const elements: number[] = [];
  const open: ('[' | '{')[] = [];
  // What may come: a value, a value or the end of an array, a key, a key or the end of an object, a colon, what follows a value.
  let expected: 'value' | 'element' | 'key' | 'entry' | 'colon' | 'after' = 'value';
  token.lastIndex = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  for (;;) {
    const start = token.lastIndex;
    const match = token.exec(text);
    const at = start + (/^[ \t\n\r]*/.exec(text.slice(start, start + 4096))?.[0].length ?? 0);
    if (!match)
      return {
        error: expected === 'after' && open.length === 0 && at >= text.length ? undefined : at,
        elements,
      };
    const [, sign, string, scalar] = match;
    const valueExpected = expected === 'value' || expected === 'element';
    if (valueExpected && open.length === 1 && open[0] === '[' && sign !== ']') elements.push(at);
    if (valueExpected && (sign === '[' || sign === '{')) {
      open.push(sign);
      expected = sign === '[' ? 'element' : 'entry';
    } else if (valueExpected && (string !== undefined || scalar !== undefined)) expected = 'after';
    else if (string !== undefined && (expected === 'key' || expected === 'entry')) expected = 'colon';
    else if (sign === ':' && expected === 'colon') expected = 'value';
    else if (sign === ',' && expected === 'after' && open.length > 0)
      expected = open.at(-1) === '[' ? 'value' : 'key';
    else if (sign === ']' && open.at(-1) === '[' && (expected === 'after' || expected === 'element')) {
      open.pop();
      expected = 'after';
    } else if (sign === '}' && open.at(-1) === '{' && (expected === 'after' || expected === 'entry')) {
      open.pop();
      expected = 'after';
    } else return { error: at, elements };
  }
}

/** Line and column of an offset, both from 1. */
export function lineAndColumn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return { line, column: offset - before.lastIndexOf('\n') };
}
