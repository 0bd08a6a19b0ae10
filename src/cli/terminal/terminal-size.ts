/** A terminal that does not know its size, or says 0, is taken for one of 80 × 24. */
const UNKNOWN = { columns: 80, rows: 24 };

/** Characters of a line and lines of a terminal. */
export function terminalSize({ columns, rows }: { columns?: number; rows?: number }): {
  columns: number;
  rows: number;
} {
  return { columns: columns || UNKNOWN.columns, rows: rows || UNKNOWN.rows };
}
