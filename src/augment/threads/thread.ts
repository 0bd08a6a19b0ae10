// A thread that augments images beside the one that trains: see threads.ts.
import { parentPort } from 'node:worker_threads';
import { epochAugmenter } from '../index.ts';
import type { Augmenter } from '../types.ts';
import { type AugmentJob, takePart } from './job.ts';

let known: { key: string; augmenter: Augmenter } | undefined;

parentPort!.on('message', (job: AugmentJob) => {
  const key = JSON.stringify([job.settings, job.imageSize, job.epoch]);
  if (known?.key !== key) known = { key, augmenter: epochAugmenter(job.settings, job.imageSize, job.epoch) };
  takePart(job, known.augmenter);
});
