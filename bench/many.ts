import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BenchContext } from './support/context.ts';
import { Worker } from './support/worker.ts';

// Memory of a process that reads a large data set as a run's trainer does: 200,000 images of 112 px, found, hashed, decoded into the
// cache and read in batches for an epoch. The goal is 2 GB; there is no peer.

const people = 2000;
const each = 100;
const size = 112;

export async function run(context: BenchContext): Promise<void> {
  const folder = await context.folder();
  context.note(
    `writing ${people * each} images; the cache takes ${Math.round((people * each * size * size * 3) / 1e9)} GB of disk`,
  );
  for (let p = 0; p < people; p++) {
    await mkdir(join(folder, 'faces', `p${p}`), { recursive: true });
    await Promise.all(
      Array.from({ length: each }, (_, k) => {
        const pixels = Buffer.from([p & 255, p >> 8, k, 99, 12, 200, 3 * k, 7, 90]);
        return writeFile(
          join(folder, 'faces', `p${p}`, `${k}.pgm`),
          Buffer.concat([Buffer.from('P5 3 3 255\n'), pixels]),
        );
      }),
    );
  }
  const child = new Worker(
    'facecom',
    [
      process.execPath,
      '--import',
      'tsx',
      join(import.meta.dirname, 'support/decode-worker.ts'),
      ...[join(folder, 'faces'), String(size), 'epoch'],
    ],
    { env: { FACECOM_CACHE_DIR: join(folder, 'cache') } },
  );
  context.defer(() => child.stop());
  const { memory, pictures, seconds } = await child.ready<{
    memory: number;
    pictures: number;
    seconds: number;
  }>();
  context.report({
    case: `${pictures} images of ${size} px: found, decoded and read in an epoch`,
    ours: memory / 1e6,
    unit: 'MB',
    better: 'lower',
    details: { seconds },
  });
}
