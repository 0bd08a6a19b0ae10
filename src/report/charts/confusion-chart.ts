import type { TopLevelSpec } from 'vega-lite';
import { type Confusion, rowShares } from '../confusion.ts';
import { ink, onCell } from './theme.ts';

const CELL = 132; // pixels

/** Counts and the share of each row, the darker the more of the row. */
export function confusionChart(confusion: Confusion, id: string): TopLevelSpec {
  const { labels, matrix, split } = confusion;
  const shares = rowShares(confusion);
  const values = labels.flatMap((actual, row) =>
    labels.map((predicted, column) => ({
      actual,
      predicted,
      count: matrix[row]![column]!,
      share: shares[row]![column]!,
      percent: `${(100 * shares[row]![column]!).toFixed(1)} %`,
    })),
  );
  const total = matrix.flat().reduce((a, b) => a + b, 0);
  const axis = { labelFontSize: 12, labelAngle: 0, domain: false, ticks: false, grid: false };
  const color = { condition: { test: 'datum.share > 0.5', value: onCell.dark }, value: onCell.light };
  return {
    title: { text: `Gender, ${split} images`, subtitle: `${id}  ·  ${total} images` },
    width: CELL * labels.length,
    height: CELL * labels.length,
    data: { values },
    encoding: {
      x: { field: 'predicted', type: 'nominal', sort: labels, axis: { ...axis, title: 'predicted' } },
      y: { field: 'actual', type: 'nominal', sort: labels, axis: { ...axis, title: 'actual' } },
    },
    layer: [
      {
        mark: { type: 'rect', stroke: ink.background, strokeWidth: 3 },
        encoding: {
          color: {
            field: 'share',
            type: 'quantitative',
            scale: { domain: [0, 1], range: ['#edf3f8', '#0b5c92'] },
            legend: null,
          },
        },
      },
      {
        mark: { type: 'text', fontSize: 22, fontWeight: 600, dy: -8 },
        encoding: { text: { field: 'count' }, color },
      },
      {
        mark: { type: 'text', fontSize: 12.5, dy: 15 },
        encoding: { text: { field: 'percent' }, color },
      },
    ],
  } as unknown as TopLevelSpec;
}
