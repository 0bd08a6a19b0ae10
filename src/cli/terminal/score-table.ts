import stringWidth from 'string-width';
import { formatFixed } from '../../base/format.ts';
import { type Column, printable } from './table.ts';
import { outputWidth, wideTable } from './wide-table.ts';

type Metrics = Readonly<Record<string, number>>;
type Intervals = Readonly<Record<string, readonly [low: number, high: number]>>;

/** What is shown of parts of the test images and of them under conditions. */
const partColumns = [
  ['gender', 'gender_accuracy'],
  ['identity', 'identity_top1'],
  ['pairs', 'verification_accuracy'],
  ['AUC', 'verification_auc'],
  ['rank 1', 'gallery_rank1'],
  ['combined', 'combined'],
] as const;

/**
 * The scores of validation and test side by side, one metric a line, those of the test with their 95 % intervals; below them the main
 * scores under conditions and of parts of the images, a line each; then metrics of other names.
 */
export function scoreTable(metrics: Metrics, intervals: Intervals = {}): string {
  const names = new Set<string>();
  const parts = new Map<string, Record<string, number>>();
  const other: string[] = [];
  for (const [name, value] of Object.entries(metrics)) {
    const plain = /^(?:val|test)\/([^/]+)$/.exec(name);
    const part = /^test\/([^/]+)\/([^/]+)$/.exec(name);
    if (plain) names.add(plain[1]!);
    else if (part && partColumns.some(([, metric]) => metric === part[2]))
      parts.set(part[1]!, { ...parts.get(part[1]!), [part[2]!]: value });
    else if (!part) other.push(name);
  }
  const width = Math.max(12, ...[...names].map((name) => name.length));
  const cell = (value: number | undefined) => formatFixed(value, 4).padStart(12);
  const interval = (name: string) => {
    const found = intervals[name];
    return found ? `  ${formatFixed(found[0], 4)} … ${formatFixed(found[1], 4)}` : '';
  };
  const lines = [...names].map(
    (name) =>
      `${name.padEnd(width)}${cell(metrics[`val/${name}`])}${cell(metrics[`test/${name}`])}${interval(name)}`,
  );
  const head = Object.keys(intervals).length > 0 ? '  95 % interval' : '';
  if (names.size > 0)
    lines.unshift(`${''.padEnd(width)}${'validation'.padStart(12)}${'test'.padStart(12)}${head}`);
  if (lines.some((line) => line.length > outputWidth()))
    lines.splice(0, lines.length, narrow([...names], metrics, intervals));
  if (parts.size > 0) lines.push('', partTable(parts));
  if (other.length > 0) lines.push(otherLines(other, metrics));
  return lines.length > 0 ? lines.join('\n') : 'The trainer gave no metrics.';
}

/** A metric a line, its values below one another; a name may hold what moves the cursor. */
function otherLines(names: readonly string[], metrics: Metrics): string {
  const rows = names.map((name) => [printable(name), formatFixed(metrics[name], 4)] as const);
  const width = rows.reduce((longest, [name]) => Math.max(longest, stringWidth(name)), 0);
  return rows.map(([name, value]) => `${name}${' '.repeat(width - stringWidth(name))}  ${value}`).join('\n');
}

/** The same columns for a terminal in which they do not fit beside one another. */
function narrow(names: readonly string[], metrics: Metrics, intervals: Intervals): string {
  const columns = ['', 'validation', 'test', '95 % interval'].map(
    (title, i): Column => ({ title, align: i === 0 ? 'left' : 'right' }),
  );
  const fixed = (value: number | undefined) => formatFixed(value, 4);
  const rows = names.map((name) => [
    name,
    fixed(metrics[`val/${name}`]),
    fixed(metrics[`test/${name}`]),
    intervals[name] ? intervals[name].map(fixed).join(' … ') : '',
  ]);
  return wideTable(columns, rows);
}

function partTable(parts: ReadonlyMap<string, Metrics>): string {
  const shown = partColumns.filter(([, metric]) =>
    [...parts.values()].some((row) => row[metric] !== undefined),
  );
  const columns: Column[] = [
    { title: 'test images' },
    ...shown.map(([title]): Column => ({ title, align: 'right' })),
  ];
  return wideTable(
    columns,
    [...parts].map(([name, row]) => [
      name.replaceAll('_', ' '),
      ...shown.map(([, metric]) => (row[metric] === undefined ? '' : formatFixed(row[metric], 4))),
    ]),
  );
}
