import { resourceUsage } from 'node:process';
import { openLearner } from '../../model/index.ts';
import { learnerSettings } from '../learner-settings.ts';
import type { SizeMeasured } from './batch-sizes.ts';
import { type TrainingParts, trainingSteps } from './range-test.ts';

/** Trains some steps at train.batch_size, the first of which compiles, and measures the others. The memory is this process's. */
export async function measureSteps(
  { config, dataset, signal }: Omit<TrainingParts, 'learner'>,
  steps: number,
): Promise<SizeMeasured & { device: string; backend: string }> {
  const learner = await openLearner(config, await learnerSettings(config, dataset));
  const seconds: number[] = [];
  try {
    let step = 0;
    for await (const train of trainingSteps({ config, dataset, learner, signal, dropLast: true })) {
      const started = performance.now();
      await train(config.optimizer.lr, ++step);
      if (step > 1) seconds.push((performance.now() - started) / 1000);
      if (step > steps) break;
    }
  } finally {
    learner.dispose();
  }
  seconds.sort((a, b) => a - b);
  const size = config.train.batch_size;
  return {
    size,
    imagesPerSecond: size / seconds[seconds.length >> 1]!,
    memory: resourceUsage().maxRSS * 1024,
    device: learner.device,
    backend: learner.backend,
  };
}
