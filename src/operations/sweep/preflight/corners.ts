import type { PreflightRun } from '../../../record/index.ts';
import type { Experiment } from '../../../spec/index.ts';
import type { Trial } from '../../../sweep/index.ts';

/** What a trial's memory and time depend on most. */
export type Size = Pick<PreflightRun, 'backbone' | 'image_size' | 'batch_size' | 'accumulation'>;

export const sizeOf = ({ model, data, train }: Experiment): Size => ({
  backbone: model.backbone,
  image_size: data.image_size,
  batch_size: train.batch_size,
  accumulation: train.accumulation,
});

/** Pixels that are held at a time: what activations grow with. */
export const microPixels = ({ image_size, batch_size, accumulation }: Omit<Size, 'backbone'>): number =>
  Math.ceil(batch_size / accumulation) * image_size ** 2;

/** More backbones than this are not tried: those with the most pixels are. */
const MOST = 8;

/** The costliest trial of each backbone, those with the most pixels a micro-batch first. Trials of trainers of another make have none. */
export function cornersOf(trials: readonly Trial[]): Trial[] {
  const corners = new Map<string, { trial: Trial; pixels: number }>();
  for (const trial of trials) {
    if (trial.config.trainer.command !== undefined) continue;
    const size = sizeOf(trial.config);
    const pixels = microPixels(size);
    const known = corners.get(size.backbone);
    if (!known || pixels > known.pixels) corners.set(size.backbone, { trial, pixels });
  }
  return [...corners.values()]
    .sort((a, b) => b.pixels - a.pixels)
    .slice(0, MOST)
    .map(({ trial }) => trial);
}

/** Whether what was tried tells that a trial of this size fits on the device, or does not. */
export function knows(tried: readonly PreflightRun[], device: string, size: Size): PreflightRun | undefined {
  return tried.findLast(
    (run) =>
      run.device === device &&
      run.backbone === size.backbone &&
      run.image_size === size.image_size &&
      run.batch_size === size.batch_size &&
      run.accumulation >= size.accumulation,
  );
}

/**
 * The micro-batches a step that a trial needs on devices where its backbone's costliest trial fitted only with more of them than the spec
 * says; undefined if it is as the spec says.
 */
export function accumulationFor(config: Experiment, tried: readonly PreflightRun[]): number | undefined {
  const size = sizeOf(config);
  const held = tried
    .filter(({ fits, backbone }) => fits && backbone === size.backbone)
    .map(microPixels)
    .reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const refused = tried.some((run) => !run.fits && run.backbone === size.backbone);
  if (!refused || microPixels(size) <= held) return undefined;
  let { accumulation } = size;
  while (microPixels({ ...size, accumulation }) > held && accumulation * 2 <= size.batch_size)
    accumulation *= 2;
  return accumulation === size.accumulation ? undefined : accumulation;
}

/** The most memory that any of the trials that fitted took. */
export function mostOf(tried: readonly PreflightRun[]): { memory?: number; gpuMemory?: number } {
  const most = (values: readonly (number | undefined)[]) =>
    values.reduce<number | undefined>((a, b) => (b === undefined ? a : Math.max(a ?? 0, b)), undefined);
  const fitted = tried.filter(({ fits }) => fits);
  const memory = most(fitted.map(({ memory_bytes }) => memory_bytes));
  const gpuMemory = most(fitted.map(({ gpu_memory_bytes }) => gpu_memory_bytes));
  return { ...(memory === undefined ? {} : { memory }), ...(gpuMemory === undefined ? {} : { gpuMemory }) };
}
