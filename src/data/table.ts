import { basename } from 'node:path';
import { CsvError, parse } from 'csv-parse/sync';
import { FacecomError, type Place } from '../base/errors.ts';
import { suggest } from '../base/suggest.ts';
import { readUtf8 } from './text-file.ts';

export interface Row {
  values: Record<string, string>;
  place: Place;
}

export interface Table {
  columns: string[];
  rows: Row[];
  /** Throws `data-columns` if one of these columns is not there. */
  needs(columns: readonly string[]): void;
}

/** A CSV file (RFC 4180) with a line of column names. Throws `data-table` at the line at which it is none. */
export async function readTable(file: string, delimiter: string): Promise<Table> {
  const text = await readUtf8(file, basename(file));
  let records: { record: Record<string, string>; info: { lines: number } }[];
  let columns: string[] = [];
  try {
    records = parse(text, {
      delimiter: delimiter === '\\t' ? '\t' : delimiter,
      columns: (header: string[]) => {
        columns = header.map((name) => name.trim());
        return columns;
      },
      info: true,
      skip_empty_lines: true,
      trim: true,
    }) as unknown as typeof records;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new FacecomError('data-table', `${basename(file)} is not a table: ${error.message}.`, {
      place: { file, line: (error as unknown as { lines?: number }).lines ?? 1 },
      expected: 'a CSV file with as many values in each line as columns',
      remedy: 'Correct the line, or set data.delimiter.',
      exitCode: 2,
      cause: error,
    });
  }
  // Where a record ends is known; a record of one line, as nearly all are, begins there too.
  const rows = records.map(({ record, info }) => ({ values: record, place: { file, line: info.lines } }));
  return { columns, rows, needs: (names) => checkColumns(file, columns, names) };
}

/** Throws `data-columns` if a column that the spec names is not there, and says which are. */
export function checkColumns(file: string, columns: readonly string[], names: readonly string[]): void {
  const missing = names.filter((name) => !columns.includes(name));
  if (missing.length === 0) return;
  const near = suggest(missing[0]!, [...columns]);
  throw new FacecomError('data-columns', `The table has no column ${missing.join(', ')}.`, {
    place: { file, line: 1 },
    found: `columns ${columns.join(', ')}`,
    expected: missing.join(', '),
    remedy: `Name the table's columns in data.columns${near ? `; did you mean ${near.text}?` : '.'}`,
    exitCode: 2,
  });
}
