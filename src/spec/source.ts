/** A text that values come from: a spec file, or the value of a flag. */
export interface Source {
  kind: 'file' | 'flag';
  /** A file as it is shown to the user (relative to the working directory), or the flag as it was given. */
  name: string;
  text: string;
  /** Absolute path of a file. */
  path?: string;
}

/** A part of a source: offsets of its first character and of the one after its last. */
export interface Span {
  source: Source;
  start: number;
  end: number;
}

/** 1-based line and column of an offset; columns count characters, not bytes or UTF-16 units. */
export function lineAndColumn(text: string, offset: number): { line: number; column: number } {
  let line = 1;
  let start = 0;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) {
    line++;
    start = at + 1;
  }
  return { line, column: [...text.slice(start, offset)].length + 1 };
}
