/** What is shown of one look at the record. */
export interface Status {
  /** For programs: one a line, the summary last. */
  documents: object[];
  /** For identities. `rows`: how many lines there are for a table. */
  text(size: { width: number; rows: number }): string;
  /** Whether anything may still change by itself. */
  active: boolean;
}
