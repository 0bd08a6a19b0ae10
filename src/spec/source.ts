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
