import { lineAndColumn } from './positions.ts';

/** Bytes that are not UTF-8: where, and what they probably are. */
export interface NotUtf8 {
  /** 1-based. */
  line: number;
  column: number;
  /** Such as `UTF-16`. */
  encoding: string;
}

const strict = new TextDecoder('utf-8', { fatal: true });

/** The text of UTF-8 bytes, without a byte order mark; where they are something else, the place of the first byte that is not. */
export function decodeUtf8(bytes: Uint8Array): string | NotUtf8 {
  const utf16 = utf16Of(bytes);
  if (utf16) return { line: 1, column: 1, encoding: utf16 };
  try {
    return strict.decode(bytes);
  } catch {
    // With `stream`, a character that is cut at the end is left out: it is the one that is broken.
    const before = new TextDecoder('utf-8').decode(bytes.subarray(0, validLength(bytes)), { stream: true });
    return {
      ...lineAndColumn(before, before.length),
      encoding: 'not UTF-8, probably Latin-1 or Windows-1252',
    };
  }
}

/** By its byte order mark, or by the zero bytes of ASCII characters. */
function utf16Of(bytes: Uint8Array): string | undefined {
  const [a, b, c, d] = bytes;
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) return 'UTF-16';
  if (bytes.length >= 4 && ((b === 0 && d === 0) || (a === 0 && c === 0))) return 'UTF-16';
  return undefined;
}

/** How many bytes from the start are whole UTF-8 characters. */
function validLength(bytes: Uint8Array): number {
  let low = 0;
  let high = bytes.length;
  const decodes = (end: number) => {
    try {
      // A character that is cut at the end is no fault of what is before it.
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, end), { stream: true });
      return true;
    } catch {
      return false;
    }
  };
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (decodes(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}
