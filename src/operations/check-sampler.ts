import type { PictureEntry } from '../data/index.ts';
import type { Experiment } from '../spec/index.ts';

/**
 * Throws `sampler-pk` or `sampler-classes` (exit code 2) if training images cannot fill the batches of `train.sampler`. The trainer is loaded
 * only if there is something to check, so that other runs start as fast.
 */
export async function checkSampler(
  { train, seed }: Experiment,
  images: readonly PictureEntry[],
  identities: readonly string[],
): Promise<void> {
  if (train.sampler.name === 'shuffle') return;
  const { createSampler } = await import('../trainer/index.ts');
  const classes = new Map(identities.map((name, i) => [name, i]));
  const classOf = ({ person }: PictureEntry) => (person === undefined ? -1 : (classes.get(person) ?? -1));
  const labels = {
    size: images.length,
    gender: Int8Array.from(images, ({ gender }) => gender),
    identity: Int32Array.from(images, classOf),
  };
  createSampler(train, labels, seed);
}
