import { readFile, stat } from 'node:fs/promises';
import { FacecomError } from '../base/errors.ts';

/**
 * The text of a regular file, without its byte order mark. Throws `data-file-missing` if it cannot be read and `data-encoding`,
 * at line and column, if it is not UTF-8.
 */
export async function readUtf8(file: string, what: string): Promise<string> {
  const info = await stat(file).catch((error: NodeJS.ErrnoException) => error);
  if (info instanceof Error || !info.isFile())
    throw new FacecomError('data-file-missing', `${what} cannot be read.`, {
      place: { file },
      found: info instanceof Error ? info.message : 'no regular file',
      expected: 'a text file in UTF-8',
      exitCode: 2,
    });
  const bytes = await readFile(file);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    const at = firstInvalid(bytes);
    const before = new TextDecoder().decode(bytes.subarray(0, at));
    const line = before.split('\n').length;
    const column = before.length - before.lastIndexOf('\n');
    const wide = /^(?:\xff\xfe|\xfe\xff)/.test(bytes.toString('latin1', 0, 2));
    throw new FacecomError('data-encoding', `${what} is not UTF-8.`, {
      place: { file, line, column },
      found: wide
        ? 'a byte order mark of UTF-16'
        : `the byte 0x${bytes[at]!.toString(16).padStart(2, '0')} at ${line}:${column}`,
      expected: 'text in UTF-8',
      remedy: `Convert it: iconv -f ${wide ? 'UTF-16' : 'WINDOWS-1252'} -t UTF-8.`,
      exitCode: 2,
      cause: error,
    });
  }
}

/** Position of the first byte that does not belong to UTF-8 (RFC 3629). */
function firstInvalid(bytes: Uint8Array): number {
  let i = 0;
  while (i < bytes.length) {
    const byte = bytes[i]!;
    const length = byte < 0x80 ? 1 : byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    try {
      new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(i, i + length));
    } catch {
      return i;
    }
    i += length;
  }
  return 0;
}
