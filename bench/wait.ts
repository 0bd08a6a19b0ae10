import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AugmentThreads, epochAugmenter } from '../src/augment/index.ts';
import { loadDataset, trainBatches } from '../src/data/index.ts';
import { usableCores } from '../src/machine/index.ts';
import { resolveConfig } from '../src/spec/index.ts';
import { bundle } from './support/bundle.ts';
import type { BenchContext } from './support/context.ts';
import { benchLearner } from './support/learner.ts';

// The share of training that its data costs: ResNet-18 at 112 px on images out of the cache, each policy. The goal is
// below 3 %; there is no peer.

const size = 112;
const batchSize = 32;

export async function run(context: BenchContext): Promise<void> {
  const { data } = resolveConfig({
    name: 'bench',
    data: {
      image_size: size,
      synthetic: { identities: 16, images_per_identity: 24 },
      split: { train: 1, validation: 0, test: 0 },
    },
  });
  const { train, identities } = await loadDataset(data, { seed: 1 });
  const learner = await benchLearner({
    backbone: 'resnet18',
    size,
    precision: 'auto',
    resources: { device: 'cpu', backend: 'auto' },
    identities: identities.length,
  });
  context.defer(() => learner.dispose());
  const thread = await bundle('thread', join(import.meta.dirname, '../src/augment/threads/thread.ts'));
  const threads = new AugmentThreads(usableCores(), { module: pathToFileURL(thread).href });
  context.defer(() => threads.close());
  let step = 0;
  const train1 = async (batch: Parameters<typeof learner.trainStep>[0]) => {
    await learner.trainStep(batch, { lr: 1e-4, step: ++step });
  };
  for (const policy of ['none', 'facecom-weather'] as const) {
    if (!context.wants(policy)) continue;
    const settings = { policy, strength: 1, schedule: [], max_effects: 0 };
    const augment = epochAugmenter(settings, size, 0, threads);
    const epoch = (n: number) => trainBatches(train, { batchSize, epoch: n, seed: 1, augment });
    const { value: ready } = await epoch(0).next();
    if (!ready) throw new Error('there is no batch');
    await train1(ready);
    // What an epoch takes with its batches made beside the steps, and as many steps on a batch that is ready: the threads that make
    // batches and those that train share the cores, so that the waiting alone would say too little.
    const { ours, peer } = await context.alternate(context.rounds(5), {
      ours: () =>
        seconds(async () => {
          for await (const batch of epoch(step)) await train1(batch);
        }),
      peer: () =>
        seconds(async () => {
          for (let k = 0; k < train.size / batchSize; k++) await train1(ready);
        }),
    });
    context.report({
      case: `share of an epoch that its data costs, ResNet-18 ${size} px, ${policy}`,
      ours: 100 * Math.max(0, 1 - peer.median / ours.median),
      unit: '%',
      better: 'lower',
      rounds: ours.values.length,
    });
  }
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}
