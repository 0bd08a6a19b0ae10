import { extname, resolve } from 'node:path';
import type { TopLevelSpec } from 'vega-lite';
import { FacecomError } from '../base/errors.ts';
import { writeAside } from '../base/files.ts';
import { formatNumber } from '../base/format.ts';
import { render, toPng } from './charts/render.ts';
import { ink, palette } from './charts/theme.ts';

const WIDTH = 560; // pixels
const HEIGHT = 300;

/** Losses over rising learning rates, and the rate that is suggested. */
export interface RateTest {
  name: string;
  points: readonly { lr: number; loss: number; smoothed: number }[];
  suggestion: { lr: number } | undefined;
}

/** Throughput and memory by the size of a batch. */
export interface BatchTest {
  name: string;
  measured: readonly { size: number; imagesPerSecond: number; memory: number }[];
  suggestion: { size: number };
}

/** Throws `tune-out` for a file that no chart can be written to. */
export function checkChartFile(file: string): void {
  if (['.png', '.svg'].includes(extname(file))) return;
  throw new FacecomError('tune-out', '--out names no chart.', {
    found: file,
    expected: 'a name that ends in .png or .svg',
    exitCode: 2,
  });
}

/** Draws a learning-rate range test. Returns the file's absolute path. */
export function writeRateChart(file: string, { name, points, suggestion }: RateTest): Promise<string> {
  const x = {
    field: 'lr',
    type: 'quantitative',
    scale: { type: 'log', nice: false },
    axis: { title: 'learning rate (per step)', tickCount: 8, format: '.0e' },
  };
  const domain = lossDomain(points);
  const y = {
    type: 'quantitative',
    scale: { zero: false, ...(domain ? { domain } : {}) },
    axis: { title: 'loss', tickCount: 5 },
  };
  return write(file, {
    title: {
      text: `Learning-rate range test of ${name}`,
      subtitle: suggestion
        ? `the loss falls fastest at ${formatNumber(suggestion.lr)}; dots are the losses of single steps, the line is their moving average`
        : 'the loss does not fall; dots are the losses of single steps, the line is their moving average',
    },
    width: WIDTH,
    height: HEIGHT,
    data: { values: points },
    encoding: { x },
    layer: [
      {
        mark: { type: 'point', filled: true, size: 16, opacity: 0.35, clip: true, color: palette.blue },
        encoding: { y: { ...y, field: 'loss' } },
      },
      {
        mark: { type: 'line', color: palette.blue, clip: true },
        encoding: { y: { ...y, field: 'smoothed' } },
      },
      ...(suggestion
        ? [
            {
              data: { values: [suggestion] },
              mark: { type: 'rule', color: palette.orange, strokeWidth: 2, strokeDash: [5, 4] },
            },
          ]
        : []),
    ],
  });
}

/**
 * The losses that are shown: how the average falls, and the beginning of its rise; the last losses of a test are often a hundred times
 * higher. Undefined if all of them fit.
 */
function lossDomain(points: RateTest['points']): [number, number] | undefined {
  const lowest = points.reduce((least, { smoothed }) => Math.min(least, smoothed), Number.POSITIVE_INFINITY);
  const at = points.findIndex(({ smoothed }) => smoothed === lowest);
  const losses = points.map(({ loss }) => loss);
  const [low, high] = [Math.min(...losses), Math.max(...losses)];
  const before = Math.max(...losses.slice(0, at + 1));
  const top = Math.max(before + (before - low) / 2, 1.5 * lowest);
  return high > top ? [low, top] : undefined;
}

/** Draws throughput and memory over the sizes of batches, the one that is suggested ringed. Returns the file's absolute path. */
export function writeBatchChart(file: string, { name, measured, suggestion }: BatchTest): Promise<string> {
  const rows = measured.map(({ size, imagesPerSecond, memory }) => ({
    size,
    imagesPerSecond,
    memory: memory / 2 ** 20,
    chosen: size === suggestion.size,
  }));
  const panel = (field: string, axis: string, color: string) => ({
    width: WIDTH / 2,
    height: HEIGHT - 60,
    encoding: {
      x: {
        field: 'size',
        type: 'quantitative',
        scale: { type: 'log', base: 2, nice: false, padding: 12 },
        axis: { title: 'images in a batch', values: rows.map(({ size }) => size), format: 'd' },
      },
      y: { field, type: 'quantitative', scale: { zero: true }, axis: { title: axis, tickCount: 5 } },
    },
    layer: [
      { mark: { type: 'line', color, point: { filled: true, size: 50, color } } },
      {
        transform: [{ filter: 'datum.chosen' }],
        mark: { type: 'point', filled: false, size: 210, strokeWidth: 2, color: ink.text },
      },
    ],
  });
  return write(file, {
    title: {
      text: `Batch sizes of ${name}`,
      subtitle: `${suggestion.size} is the smallest that is as fast as the fastest`,
    },
    data: { values: rows },
    hconcat: [
      panel('imagesPerSecond', 'training images a second (1/s)', palette.blue),
      panel('memory', 'largest memory of the process (MiB)', palette.green),
    ],
    spacing: 40,
  });
}

async function write(file: string, spec: object): Promise<string> {
  const { svg } = await render(spec as TopLevelSpec);
  writeAside(file, extname(file) === '.png' ? await toPng(svg) : svg);
  return resolve(file);
}
