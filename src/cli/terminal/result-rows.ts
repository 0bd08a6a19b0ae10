import { csvCell, harmless } from '../../base/csv.ts';
import { formatFixed } from '../../base/format.ts';
import type { ResultRow, Results } from '../../operations/index.ts';
import { type Result, resultText } from '../../record/index.ts';
import { axisCell, cell } from './cell.ts';
import { printable } from './table.ts';
import { wideTable } from './wide-table.ts';

const fixed = (value: number): string => formatFixed(value, 4);

/** A row for each point: mean, ends of the 95 % interval and number of seeds of each metric. Numbers are whole, as programs read them. */
export function resultsCsv({ axes, metrics, rows }: Results): string {
  const text = (value: unknown) => csvCell(harmless(value === undefined ? '' : plain(value)));
  const head = [
    ...['rank', ...axes, 'trials', 'finished', 'seeds', 'run', 'status'],
    ...metrics.flatMap((metric) => [metric, `${metric} low`, `${metric} high`]),
  ];
  const lines = rows.map((row) =>
    [
      row.rank ?? '',
      // A number of an axis is no formula.
      ...axes.map((axis) =>
        typeof row.axes[axis] === 'number' ? String(row.axes[axis]) : text(row.axes[axis]),
      ),
      ...[row.trials, row.finished, row.seeds.join(' '), text(row.run), row.status],
      ...metrics.flatMap((metric) => numbersOf(row.metrics[metric])),
    ].join(','),
  );
  return `${[head.map((name) => csvCell(harmless(name))).join(','), ...lines].join('\n')}\n`;
}

const plain = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function numbersOf(result: Result | undefined): (number | string)[] {
  return result ? [result.mean, ...(result.interval ?? ['', ''])] : ['', '', ''];
}

/** A table for a document: the same in Markdown, with intervals in words. */
export function resultsMarkdown(results: Results): string {
  const { axes, metrics, rows } = results;
  const line = (cells: readonly string[]) => `| ${cells.map(markdownCell).join(' | ')} |`;
  const repeated = hasRepeats(rows);
  const head = ['', ...axes, ...metrics, ...(repeated ? ['seeds'] : []), 'run'];
  const rule = head.map((_, i) => (i === 0 || (i > axes.length && i < head.length - 1) ? '---:' : ':---'));
  return `${[
    line(head),
    `| ${rule.join(' | ')} |`,
    ...rows.map((row) => line(cellsOf(row, results, repeated))),
    ...(results.lead ? ['', markdownCell(results.lead)] : []),
  ].join('\n')}\n`;
}

/** The same for a terminal. */
export function resultsTable(results: Results): string {
  const { axes, metrics, rows } = results;
  if (rows.length === 0) return 'There are no trials.';
  const repeated = hasRepeats(rows);
  const columns = [
    { title: '', align: 'right' as const },
    ...[...axes, ...metrics, ...(repeated ? ['seeds'] : []), 'run'].map((title) => ({ title })),
  ];
  const lines = wideTable(
    columns,
    rows.map((row) => cellsOf(row, results, repeated)),
  );
  return results.lead ? `${lines}\n\n${printable(results.lead)}` : lines;
}

const hasRepeats = (rows: readonly ResultRow[]): boolean => rows.some(({ trials }) => trials > 1);

function cellsOf(row: ResultRow, { axes, metrics }: Results, repeated: boolean): string[] {
  return [
    row.rank === undefined ? '–' : String(row.rank),
    ...axes.map((axis) => axisCell(row.axes, axis)),
    ...metrics.map((metric) => {
      const result = row.metrics[metric];
      return result ? resultText(result, fixed) : row.finished === 0 ? cell(row.status) : '–';
    }),
    ...(repeated ? [`${row.finished} of ${row.trials}`] : []),
    row.run,
  ];
}

/** No cell ends a table or starts markup. */
const markdownCell = (text: string): string =>
  printable(text).replace(/[|\\<>*_`[\]]/g, (letter) => (letter === '<' ? '&lt;' : `\\${letter}`));
