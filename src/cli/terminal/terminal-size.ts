/** A terminal that does not know its size, or says 0, is taken for one of 80 × 24. */
const UNKNOWN = { columns: 80, rows: 24 };

/** Lines that are drawn over need so much room, or they break and pile up. */
export const SMALLEST = { columns: 20, rows: 5 };

/** Whether what a stream shows can be drawn over: a terminal that moves its cursor, and whose size is known and not tiny. */
export const canRedraw = ({
  isTTY,
  columns = 0,
  rows = 0,
}: {
  isTTY?: boolean;
  columns?: number;
  rows?: number;
}): boolean =>
  isTTY === true && process.env.TERM !== 'dumb' && columns >= SMALLEST.columns && rows >= SMALLEST.rows;

/** Characters of a line and lines of a terminal. */
export function terminalSize({ columns, rows }: { columns?: number; rows?: number }): {
  columns: number;
  rows: number;
} {
  return { columns: columns || UNKNOWN.columns, rows: rows || UNKNOWN.rows };
}
