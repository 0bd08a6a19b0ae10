// Loads a small synthetic set and prints a digest of its pixels; with KILL_AT it kills itself when so many images are drawn.
import { createHash } from 'node:crypto';
import { loadDataset } from '../../../src/data/index.ts';
import { settings } from './sets.ts';

const data = settings({ cache: true, synthetic: { identities: 6, images_per_identity: 6 } });
const dataset = await loadDataset(data, {
  seed: 1,
  onProgress: ({ done }) => {
    if (done >= Number(process.env.KILL_AT ?? Infinity)) process.kill(process.pid, 'SIGKILL');
  },
});
const hash = createHash('sha256');
for (const subset of [dataset.train, dataset.validation, dataset.test])
  for (let i = 0; i < subset.size; i++) hash.update(subset.pixels(i));
process.stdout.write(hash.digest('hex'));
