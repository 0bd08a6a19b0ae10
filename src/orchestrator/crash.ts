import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { cleanText } from '../base/clean-text.ts';
import type { FailureClass } from '../record/index.ts';

/**
 * What libraries print when they end a process that then can tell nothing itself: an abort of native code, an interpreter without memory.
 * A trainer that can tell writes `failed` with a class.
 */
const patterns: ReadonlyArray<[RegExp, FailureClass]> = [
  [
    /CUDA out of memory|CUDA_ERROR_OUT_OF_MEMORY|OOM when allocating|ResourceExhausted|std::bad_alloc|MemoryError|heap out of memory/,
    'oom',
  ],
  [/No space left on device|ENOSPC|Disk quota exceeded/, 'infrastructure'],
  [
    /error while loading shared libraries|cannot open shared object file|CUDA driver version is insufficient|no CUDA-capable device/,
    'infrastructure',
  ],
  [/loss is (nan|inf)|NaN loss/i, 'nan'],
];

const TAIL = 16384; // bytes
const SHOWN = 300; // characters

/** The last words of a trainer that said nothing in its record: the line that tells a class, else its last line. */
export function readCrash(runDir: string): { class?: FailureClass; line: string } {
  const lines = logTail(runDir).trim().split('\n');
  for (const [pattern, kind] of patterns) {
    const line = lines.findLast((text) => pattern.test(text));
    if (line !== undefined) return { class: kind, line: cleanText(line.trim(), SHOWN) };
  }
  return { line: cleanText(lines.at(-1) ?? '', SHOWN) };
}

/** The end of a run's log; empty if there is none. */
export function logTail(runDir: string, bytes = TAIL): string {
  try {
    const fd = openSync(join(runDir, 'log.txt'), 'r');
    try {
      const { size } = fstatSync(fd);
      const length = Math.min(bytes, size);
      const buffer = Buffer.alloc(length);
      readSync(fd, buffer, 0, length, size - length);
      return buffer.toString('utf8');
    } finally {
      closeSync(fd);
    }
  } catch {
    return '';
  }
}
