import { link, mkdir, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createAugmenter } from '../src/augment/index.ts';
import { drawPicture, makePerson } from '../src/data/faces/index.ts';
import { type Dataset, loadDataset, trainBatches } from '../src/data/index.ts';
import { resolveConfig } from '../src/spec/index.ts';
import type { BenchContext } from './support/context.ts';
import { torchPython } from './support/torch.ts';
import { Worker } from './support/worker.ts';

// Pictures a second from 400 px JPEG files to batches of bytes at training size: facecom, which decodes them once and keeps them,
// and torchvision's ImageFolder with a DataLoader, which decodes them in every epoch.

const people = 16;
const each = 16;
const size = 112;

export async function run(context: BenchContext): Promise<void> {
  const python = await torchPython(context);
  const folder = await context.folder();
  context.note(`drawing ${people * each} pictures of 400 px`);
  await writePictures(folder);
  process.env.FACECOM_CACHE_DIR = join(folder, 'cache');
  const { data } = resolveConfig({
    name: 'bench',
    data: {
      source: 'facecom',
      path: folder,
      image_size: size,
      split: { train: 1, validation: 0, test: 0 },
    },
  });
  const load = () => loadDataset(data, { seed: 1 });
  const cores = availableParallelism();
  const count = people * each;

  const cases: { name: string; workers: number; epochs: number; ours: () => Promise<number> }[] = [
    {
      name: 'the first epoch ever, decoding included',
      workers: cores,
      epochs: 1,
      ours: async () => {
        await rm(join(folder, 'cache'), { recursive: true, force: true });
        return seconds(async () => epochs(await load(), 1));
      },
    },
    {
      name: 'a run of 20 epochs, pictures decoded by an earlier run',
      workers: cores,
      epochs: 20,
      ours: async () => {
        await load();
        return seconds(async () => epochs(await load(), 20));
      },
    },
    {
      name: 'an epoch in one thread',
      workers: 0,
      epochs: 1,
      ours: async () => {
        const dataset = await load();
        return (await seconds(() => epochs(dataset, 50))) / 50;
      },
    },
  ];
  for (const { name, workers, epochs: n, ours } of cases) {
    if (!context.wants(name)) continue;
    const peer = new Worker('torchvision', [
      python,
      join(import.meta.dirname, 'peers/cache.py'),
      ...[join(folder, 'classes'), String(size), String(workers)],
    ]);
    context.defer(() => peer.stop());
    const { torchvision } = await peer.ready<{ torchvision: string }>();
    // The loader's processes start in its first epoch.
    await peer.ask({ epochs: 1 });
    const { ours: mine, peer: other } = await context.alternate(context.rounds(5), {
      ours: async () => (count * n) / (await ours()),
      peer: async () => (count * n) / (await peer.ask<{ seconds: number }>({ epochs: n })).seconds,
    });
    await peer.stop();
    context.report({
      case: name,
      ours: mine.median,
      peer: other.median,
      unit: 'img/s',
      better: 'higher',
      against: `torchvision ${torchvision} ImageFolder, ${workers || 'no'} worker processes`,
      rounds: mine.values.length,
    });
  }
}

async function epochs(dataset: Dataset, n: number): Promise<void> {
  const augment = createAugmenter('none', size);
  for (let epoch = 0; epoch < n; epoch++)
    for await (const batch of trainBatches(dataset.train, { batchSize: 32, epoch, seed: 1, augment }))
      if (batch.images.length !== batch.size * size * size * 3) throw new Error('a batch is not whole');
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

/** The same files in the layout of each side. */
async function writePictures(folder: string): Promise<void> {
  const { default: sharp } = await import('sharp');
  await mkdir(join(folder, 'images'), { recursive: true });
  const annotations: object[] = [];
  for (let p = 0; p < people; p++) {
    const person = makePerson(1, p);
    await mkdir(join(folder, 'classes', `p${p}`), { recursive: true });
    for (let picture = 0; picture < each; picture++) {
      const filename = `p${p}_${picture}.jpg`;
      const file = join(folder, 'images', filename);
      const pixels = drawPicture(person, { seed: 1, picture, size: 400 });
      await sharp(pixels, { raw: { width: 400, height: 400, channels: 3 } })
        .jpeg({ quality: 92 })
        .toFile(file);
      await link(file, join(folder, 'classes', `p${p}`, filename));
      annotations.push({
        filename,
        gender: person.gender === 1 ? 'Female' : 'Male',
        person_id: `p${p}`,
      });
    }
  }
  await writeFile(join(folder, 'annotations.json'), JSON.stringify(annotations));
}
