import { formatFixed } from '../../base/format.ts';

/** The scores of validation and test side by side, one metric a line; metrics of other names are listed below. */
export function scoreTable(metrics: Readonly<Record<string, number>>): string {
  const names = new Set<string>();
  const other: string[] = [];
  for (const name of Object.keys(metrics)) {
    const match = /^(?:val|test)\/([^/]+)$/.exec(name);
    if (match) names.add(match[1]!);
    else other.push(name);
  }
  const width = Math.max(12, ...[...names].map((name) => name.length));
  const cell = (value: number | undefined) => formatFixed(value, 4).padStart(12);
  const lines = [...names].map(
    (name) => `${name.padEnd(width)}${cell(metrics[`val/${name}`])}${cell(metrics[`test/${name}`])}`,
  );
  if (names.size > 0) lines.unshift(`${''.padEnd(width)}${'validation'.padStart(12)}${'test'.padStart(12)}`);
  for (const name of other) lines.push(`${name}  ${formatFixed(metrics[name], 4)}`);
  return lines.length > 0 ? lines.join('\n') : 'The trainer gave no metrics.';
}
