import { relative } from 'node:path';

/** A path as people read it: relative to the working folder if it lies in it. */
export function shownPath(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') || short === '' ? path : short;
}
