// Decodes a folder of classes into an empty cache and says how long it took and how much memory: decode-worker.ts FOLDER SIZE [epoch]
// With `epoch` all images are then read in batches, as training reads them.
import { createAugmenter } from '../../src/augment/index.ts';
import { loadDataset, trainBatches } from '../../src/data/index.ts';
import { resolveConfig } from '../../src/spec/index.ts';

const [folder, size, epoch] = process.argv.slice(2);
const { data } = resolveConfig({
  name: 'bench',
  data: {
    source: 'folders',
    path: folder,
    image_size: Number(size),
    split: { train: 1, validation: 0, test: 0 },
  },
});
const started = performance.now();
const { train } = await loadDataset(data, { seed: 1 });
const seconds = (performance.now() - started) / 1000;
if (epoch) {
  const augment = createAugmenter('none', Number(size));
  for await (const batch of trainBatches(train, { batchSize: 64, epoch: 0, seed: 1, augment }))
    if (batch.images.length !== batch.size * Number(size) ** 2 * 3) throw new Error('a batch is not whole');
}
const memory = process.resourceUsage().maxRSS * 1024;
process.stdout.write(`${JSON.stringify({ seconds, pictures: train.size, memory })}\n`);
for await (const _ of process.stdin);
