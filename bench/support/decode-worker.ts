// Decodes a folder of classes into an empty cache and says how long it took: decode-worker.ts FOLDER SIZE
import { loadDataset } from '../../src/data/index.ts';
import { resolveConfig } from '../../src/spec/index.ts';

const [folder, size] = process.argv.slice(2);
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
process.stdout.write(
  `${JSON.stringify({ seconds: (performance.now() - started) / 1000, pictures: train.size, memory: process.resourceUsage().maxRSS * 1024 })}\n`,
);
for await (const _ of process.stdin);
