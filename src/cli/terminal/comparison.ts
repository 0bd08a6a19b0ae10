import { pValueText } from '../../base/difference.ts';
import { formatFixed, letterOf, plural } from '../../base/format.ts';
import type { Compared, Diff } from '../../operations/index.ts';
import { resultText } from '../../record/index.ts';
import { cell } from './cell.ts';
import { printable, table } from './table.ts';
import { outputWidth, wideTable } from './wide-table.ts';

/** Values that configs do not share, a line each; those that decide nothing last. */
export function configTable(names: readonly string[], differences: Diff['differences']): string {
  if (differences.length === 0) return 'The configs are the same.';
  const rows = differences.map(({ path, values, decides }) => [
    path,
    ...values.map((value) => (value === undefined ? '–' : cell(value))),
    decides === 'nothing' ? 'decides nothing' : '',
  ]);
  const columns = [
    { title: 'key' },
    ...names.map((title) => ({ title, shrinks: true })),
    { title: '', drop: 1 },
  ];
  return table(columns, rows, outputWidth());
}

const fixed = (value: number): string => formatFixed(value, 4);
/** Metrics of a comparison that a terminal shows; --json and the page have all. */
const SHOWN = 14;
const CHANGED = 10;

/** A comparison for a terminal: what differs, the metrics with their intervals, what tests say, answers that changed. */
export function comparisonText({ sides, config, metrics, versus }: Compared): string {
  const names = sides.map(({ name }) => name);
  const parts = [
    sides
      .map(
        ({ name, runs }, i) => `${letterOf(i)}  ${name}${runs.length > 1 ? ` (${runs.length} seeds)` : ''}`,
      )
      .join('\n'),
    configTable(
      names.map((_, i) => letterOf(i)),
      config,
    ),
  ];
  const known = metrics.filter(({ results }) => results.some((result) => result !== undefined));
  const plain = known.filter(({ metric }) => /^(?:val|test)\/[^/]+$/.test(metric));
  const shown = (plain.length > 0 ? plain : known).slice(0, SHOWN);
  if (shown.length > 0) {
    const columns = [
      'metric',
      ...names.map((_, i) => letterOf(i)),
      ...names.slice(1).map((_, i) => `${letterOf(i + 1)} − A`),
    ];
    const rows = shown.map(({ metric, results, differences }) => [
      metric,
      ...results.map((result) => (result ? resultText(result, fixed) : '–')),
      ...differences.map((found) =>
        found
          ? `${signed(found.value)}${found.interval ? ` [${found.interval.map(signed).join(', ')}]` : ''}`
          : '–',
      ),
    ]);
    const more = known.length - shown.length;
    parts.push(
      `${wideTable(
        columns.map((title) => ({ title })),
        rows,
      )}${more > 0 ? `\n… and ${plural(more, 'more metric')}: --json has all` : ''}`,
    );
  }
  for (const [i, side] of versus.entries()) parts.push(versusText(side, letterOf(i + 1)));
  return parts.map((part) => part.split('\n').map(printable).join('\n')).join('\n\n');
}

const signed = (value: number): string => `${value < 0 ? '−' : '+'}${fixed(Math.abs(value))}`;

function versusText({ tests, note, changed }: Compared['versus'][0], name: string): string {
  const lines = [`${name} against A, over the same test images:`];
  if (!tests)
    return `${lines[0]}\n  not known: both need artifacts/test_images.csv of the same images (runs made before it was kept have none)`;
  if (note !== undefined) lines.push(`  ${note}`);
  for (const { metric, text, images, identities, mcnemar } of tests) {
    const alone = mcnemar
      ? `; right alone ${mcnemar.firstAlone} and ${mcnemar.secondAlone}, McNemar ${pValueText(mcnemar.p)}`
      : '';
    lines.push(
      `  ${metric}: ${text} (${plural(images, 'image')} of ${plural(identities, 'identity', 'identities')}${alone})`,
    );
  }
  const count = (change: string) => changed.filter((image) => image.change === change).length;
  lines.push(
    `${plural(changed.length, 'answer')} changed: ${count('won')} won, ${count('lost')} lost, ${count('both wrong')} wrong in both`,
  );
  for (const { filename, change, identity, answers } of changed.slice(0, CHANGED))
    lines.push(
      `  ${change.padEnd(10)}  ${filename}${identity === undefined ? '' : `, ${identity}`}: ${answers
        .map((answer) => [answer.predictedIdentity, answer.predictedGender].filter(Boolean).join(' '))
        .join(' → ')}`,
    );
  if (changed.length > CHANGED)
    lines.push(`  … and ${changed.length - CHANGED} more: --out FILE.html shows the images`);
  return lines.join('\n');
}
