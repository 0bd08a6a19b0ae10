import type { TopLevelSpec } from 'vega-lite';
import { formatNumber } from '../../base/format.ts';
import type { RocCurve } from '../../record/index.ts';
import { diagonal, plot, quantitative } from './plot.ts';
import { best, ink, palette } from './theme.ts';

/** The share of negatives and of positives at a threshold: those of the last point above it. */
function at(curve: RocCurve): { x: number; y: number } | undefined {
  const point = curve.points.findLast(([threshold]) => threshold >= curve.threshold) ?? curve.points[0];
  return point && { x: point[1], y: point[2] };
}

/** True against false accepts, with the threshold that is used. */
export function rocChart(
  curve: RocCurve,
  { title, share }: { title: string; share: [string, string] },
): TopLevelSpec {
  const values = [{ x: 0, y: 0 }, ...curve.points.map(([, x, y]) => ({ x, y })), { x: 1, y: 1 }];
  return plot(
    {
      title,
      subtitle: `AUC ${formatNumber(curve.auc)}, EER ${formatNumber(curve.eer)}, threshold of ${curve.chosen_on}`,
    },
    {
      layer: [
        diagonal([0, 0], [1, 1]),
        {
          data: { values },
          mark: { type: 'line', color: palette.blue },
          encoding: {
            x: quantitative('x', { title: share[0], domain: [0, 1] }),
            y: quantitative('y', { title: share[1], domain: [0, 1] }),
          },
        },
        ...thresholdMark(at(curve), curve.threshold),
      ],
    },
  );
}

/** Misses against false accepts on logarithmic axes, where good models can still be told apart (Martin et al., 1997). */
export function detChart(curve: RocCurve, { title }: { title: string }): TopLevelSpec | undefined {
  const values = curve.points.map(([, x, y]) => ({ x, y: 1 - y })).filter(({ x, y }) => x > 0 && y > 1e-9);
  if (values.length < 3) return undefined;
  const mark = at(curve);
  return plot(
    { title, subtitle: `${curve.positives} pairs of one identity, ${curve.negatives} of two` },
    {
      layer: [
        {
          data: { values },
          mark: { type: 'line', color: palette.purple },
          encoding: {
            x: quantitative('x', { title: 'false accept rate', log: true, format: '~g' }),
            y: quantitative('y', { title: 'false reject rate', log: true, format: '~g' }),
          },
        },
        ...(mark && mark.x > 0 && mark.y < 1
          ? thresholdMark({ x: mark.x, y: 1 - mark.y }, curve.threshold)
          : []),
      ],
    },
  );
}

function thresholdMark(point: { x: number; y: number } | undefined, threshold: number): object[] {
  if (!point) return [];
  const values = [{ ...point, label: `at ${formatNumber(threshold)}` }];
  const encoding = { x: { field: 'x', type: 'quantitative' }, y: { field: 'y', type: 'quantitative' } };
  return [
    {
      data: { values },
      mark: { type: 'point', filled: true, size: 80, color: best, opacity: 1, stroke: ink.background },
      encoding,
    },
    {
      data: { values },
      mark: { type: 'text', align: 'left', dx: 8, dy: 10, fontSize: 11, fontWeight: 600, color: ink.text },
      encoding: { ...encoding, text: { field: 'label' } },
    },
  ];
}
