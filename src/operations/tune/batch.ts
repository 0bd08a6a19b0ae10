import { FacecomError } from '../../base/errors.ts';
import { formatBytes, parseBytes } from '../../base/format.ts';
import { availableMemory } from '../../machine/index.ts';
import type { Experiment } from '../../spec/index.ts';
import type { SizeMeasured } from '../../trainer/index.ts';
import { silent } from '../reporter.ts';
import { measureInChild } from './measure-in-child.ts';
import { loadTraining, openExperiment, type TuneOptions } from './open-experiment.ts';

export interface TuneBatchOptions extends TuneOptions {
  /** Sizes to try, rising; powers of two if left out. */
  sizes?: readonly number[];
  /** Steps that are measured of each; 5 if left out. */
  steps?: number;
}

export interface TunedBatch {
  measured: SizeMeasured[];
  /** Memory that a size may need, bytes. */
  limit: number;
  /** Why no larger size was tried. */
  ended: string;
  suggestion: SizeMeasured;
  /** The lines for the experiment. */
  yaml: string;
  device: string;
  backend: string;
  chart: string;
  seconds: number;
}

/**
 *   experiment ─▶ one process after another trains a few steps of a size ─▶ images a second, largest memory ─▶ chart, YAML
 *
 * Sizes rise until the memory, the images or the gain in throughput ends. Throws what `run` throws before a launch, `tune-trainer`,
 * `tune-sizes`, `tune-out`, `tune-memory` if not even the smallest size fits.
 */
export async function tuneBatch(file: string, options: TuneBatchOptions): Promise<TunedBatch> {
  const started = performance.now();
  const { out, steps = 5, report = silent, signal = new AbortController().signal, onProgress } = options;
  const { checkChartFile, writeBatchChart } = await import('../../report/index.ts');
  checkChartFile(out);
  const config = await openExperiment(file, { ...options, report, signal });
  const images = (await loadTraining(config, { report, signal, onProgress })).train.size;
  const { expectedMemory, isFlat, sizesUpTo, suggestSize } = await import('../../trainer/index.ts');
  // A single image has no statistics for batch normalisation to learn from.
  const sizes = options.sizes ?? sizesUpTo(images, 2);
  checkSizes(sizes, images);
  const { memory } = config.resources;
  const limit = Math.min(
    availableMemory(),
    memory === undefined ? Number.POSITIVE_INFINITY : parseBytes(memory),
  );
  const measured: SizeMeasured[] = [];
  let place = { device: '', backend: '' };
  let ended = `${images} training images`;
  for (const [i, size] of sizes.entries()) {
    onProgress?.('training', i, sizes.length);
    const expected = expectedMemory(measured, size);
    if (expected > limit) {
      ended = `${size} would need about ${formatBytes(expected)} of ${formatBytes(limit)}`;
      break;
    }
    const outcome = await measureInChild(ofSize(config, size), { steps, signal });
    if (outcome === 'oom') {
      ended = `${size} does not fit into the memory`;
      break;
    }
    const { device, backend, ...found } = outcome;
    place = { device, backend };
    measured.push(found);
    if (options.sizes === undefined && isFlat(measured)) {
      ended = 'larger batches are no faster';
      break;
    }
  }
  onProgress?.('training', sizes.length, sizes.length);
  const suggestion = suggestSize(measured);
  if (!suggestion)
    throw new FacecomError('tune-memory', 'Not even the smallest batch fits into the memory.', {
      found: ended,
      remedy: 'Use a smaller backbone or image size, raise resources.memory, or free memory.',
    });
  return {
    ...{ measured, limit, ended, suggestion, yaml: linesFor(config, suggestion.size), ...place },
    chart: await writeBatchChart(out, { name: config.name, measured, suggestion }),
    seconds: (performance.now() - started) / 1000,
  };
}

function checkSizes(sizes: readonly number[], images: number): void {
  const rising = sizes.every((size, i) => i === 0 || size > sizes[i - 1]!);
  if (
    sizes.length > 0 &&
    rising &&
    sizes.every((size) => Number.isInteger(size) && size >= 1 && size <= images)
  )
    return;
  throw new FacecomError('tune-sizes', 'The sizes of batches cannot be tried.', {
    found: sizes.join(', ') || 'none',
    expected: `whole numbers from 1 to ${images}, the number of training images, rising`,
    exitCode: 2,
  });
}

/** What a size is measured with: whole batches in one step each, whatever a sampler makes of them. */
const ofSize = (config: Experiment, size: number): Experiment => ({
  ...config,
  train: {
    ...config.train,
    batch_size: size,
    accumulation: 1,
    sampler: { ...config.train.sampler, name: 'shuffle' },
  },
});

/** An effective batch that the experiment has is kept, in micro-batches of at most the size. */
function linesFor({ train }: Experiment, size: number): string {
  if (train.batch_size <= size && train.sampler.name !== 'pk') return `train: { batch_size: ${size} }`;
  return `train: { batch_size: ${train.batch_size}, accumulation: ${Math.ceil(train.batch_size / size)} }`;
}
