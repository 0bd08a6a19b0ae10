// Not the package's UMD build, whose parts find each other by a require that no bundler sees.
import { visit } from 'jsonc-parser/lib/esm/main.js';

/** Places in a JSON text, as offsets of UTF-16 units. */
export interface JsonPlaces {
  /** Where the text stops being JSON, if it does. */
  error: number | undefined;
  /** Where each element of the outermost array begins. */
  elements: number[];
}

/** Nothing of what JSON with comments allows beyond JSON. */
const strict = { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false };

/**
 * Finds the first syntax error of a JSON text (RFC 8259) and the elements of its outermost array. `JSON.parse` tells the place
 * of some errors only, and of no element.
 */
export function jsonPlaces(text: string): JsonPlaces {
  // A byte order mark is no part of the text.
  const start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  const places: JsonPlaces = { error: undefined, elements: [] };
  let depth = 0;
  let inArray = false;
  const value = (offset: number) => {
    if (depth === 1 && inArray) places.elements.push(start + offset);
  };
  const open = (isArray: boolean) => (offset: number) => {
    value(offset);
    if (depth === 0) inArray = isArray;
    depth++;
  };
  const close = () => {
    depth--;
  };
  try {
    visit(
      text.slice(start),
      {
        onObjectBegin: open(false),
        onArrayBegin: open(true),
        onObjectEnd: close,
        onArrayEnd: close,
        onLiteralValue: (_value, offset) => value(offset),
        onError: (_error, offset) => {
          places.error ??= start + offset;
        },
      },
      strict,
    );
  } catch (error) {
    // Nested too deeply to be followed: what was found until then holds.
    if (!(error instanceof RangeError)) throw error;
  }
  return places;
}
