import type { TopLevelSpec } from 'vega-lite';
import { meanOf, type Robustness } from '../robustness.ts';
import { ink, onCell } from './theme.ts';

const CELL = { width: 74, height: 40 }; // pixels

/** Condition × severity, the darker the better, with the mean of each row and what is lost of the clean score. */
export function robustnessChart(found: Robustness, id: string): TopLevelSpec {
  const { metric, clean, conditions, severities, values } = found;
  const columns = [...severities.map(String), 'mean'];
  const means = values.map(meanOf);
  const all = meanOf(values.flat())!;
  const named = (name: string) => name.replaceAll('_', ' ');
  const cell = (row: string, column: string, value: number | undefined) =>
    value === undefined
      ? []
      : [
          {
            condition: row,
            severity: column,
            value,
            text: value.toFixed(3),
            loss: clean
              ? `${value > clean ? '+' : '−'}${Math.abs(100 * (1 - value / clean)).toFixed(0)} %`
              : '',
          },
        ];
  const rows = conditions.flatMap((name, i) => [
    ...severities.flatMap((severity, k) => cell(named(name), `${severity}`, values[i]![k])),
    ...cell(named(name), 'mean', means[i]),
  ]);
  const axis = { labelFontSize: 12, labelAngle: 0, domain: false, ticks: false, grid: false };
  const color = { condition: { test: 'datum.value > 0.55', value: onCell.dark }, value: onCell.light };
  const before = clean === undefined ? '' : `clean ${clean.toFixed(3)}, `;
  const lost = clean ? `, ${(100 * (1 - all / clean)).toFixed(0)} % lost` : '';
  return {
    title: {
      text: `${named(metric)} under bad conditions`,
      subtitle: `${id}  ·  test images: ${before}mean ${all.toFixed(3)}${lost}`,
    },
    width: CELL.width * columns.length,
    height: CELL.height * conditions.length,
    data: { values: rows },
    encoding: {
      x: {
        field: 'severity',
        type: 'nominal',
        sort: columns,
        axis: { ...axis, orient: 'top', title: 'severity' },
      },
      y: { field: 'condition', type: 'nominal', sort: conditions.map(named), axis: { ...axis, title: null } },
    },
    layer: [
      {
        mark: { type: 'rect', stroke: ink.background, strokeWidth: 3 },
        encoding: {
          color: {
            field: 'value',
            type: 'quantitative',
            scale: { domain: [0, 1], range: ['#edf3f8', '#0b5c92'] },
            legend: null,
          },
        },
      },
      {
        mark: { type: 'text', fontSize: 14, fontWeight: 600, dy: clean ? -6 : 0 },
        encoding: { text: { field: 'text' }, color },
      },
      {
        mark: { type: 'text', fontSize: 10.5, dy: 10 },
        encoding: { text: { field: 'loss' }, color },
      },
    ],
  } as unknown as TopLevelSpec;
}
