import type { TopLevelSpec } from 'vega-lite';
import type { CalibrationBin } from '../../record/index.ts';
import { diagonal, plot, quantitative } from './plot.ts';
import { palette } from './theme.ts';

/** How often answers of a confidence are right (reliability diagram); a dot's area is the number of images. */
export function calibrationChart(bins: readonly CalibrationBin[], task: 'gender' | 'identity'): TopLevelSpec {
  const count = bins.reduce((sum, bin) => sum + bin.count, 0);
  const error = bins.reduce(
    (sum, bin) => sum + (bin.count / count) * Math.abs(bin.accuracy - bin.confidence),
    0,
  );
  return plot(
    { title: `Calibration, ${task}`, subtitle: `${count} test images, error ${error.toFixed(3)}` },
    {
      layer: [
        diagonal([0, 0], [1, 1]),
        {
          data: { values: bins },
          mark: { type: 'line', strokeWidth: 1.5, color: task === 'gender' ? palette.orange : palette.blue },
          encoding: {
            x: quantitative('confidence', { title: 'confidence', domain: [0, 1] }),
            y: quantitative('accuracy', { title: 'share that is right', domain: [0, 1] }),
          },
        },
        {
          data: { values: bins },
          mark: {
            type: 'point',
            filled: true,
            opacity: 0.9,
            color: task === 'gender' ? palette.orange : palette.blue,
          },
          encoding: {
            x: quantitative('confidence', { title: 'confidence', domain: [0, 1] }),
            y: quantitative('accuracy', { title: 'share that is right', domain: [0, 1] }),
            size: { field: 'count', type: 'quantitative', scale: { range: [15, 260] }, legend: null },
          },
        },
      ],
    },
  );
}
