import type { Experiment } from '../spec/index.ts';

/** Variables of a trainer's process: the devices that it may see, and how its native library behaves. */
export function trainerEnvironment(
  config: Experiment,
  gpus: readonly string[],
): Record<string, string | undefined> {
  const env: Record<string, string | undefined> = {
    TF_CPP_MIN_LOG_LEVEL: process.env.TF_CPP_MIN_LOG_LEVEL ?? '2',
    // One heap for all threads: TensorFlow's hold a tenth of the memory otherwise that no thread can give another.
    MALLOC_ARENA_MAX: process.env.MALLOC_ARENA_MAX ?? '1',
  };
  if (gpus.length > 0) env.CUDA_VISIBLE_DEVICES = gpus.join(',');
  else if (config.resources.device === 'cpu') env.CUDA_VISIBLE_DEVICES = '-1';
  return env;
}
