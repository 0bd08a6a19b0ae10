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

// Images a second from JPEG files to batches of bytes at training size: facecom, which decodes them once and keeps them, and
// torchvision's ImageFolder with a DataLoader or OpenCV in as many processes, which decode them in every epoch.

const people = 16;
const each = 16;
const size = 112;
/** Images of two megapixels, as FaceCom's are: so many files, of which one in eight has bytes of its own. */
const large = 2000;

export async function run(context: BenchContext): Promise<void> {
  await firstDecode(context);
  const python = await torchPython(context);
  const folder = await context.folder();
  context.note(`drawing ${people * each} images of 400 px`);
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
      name: 'a run of 20 epochs, images decoded by an earlier run',
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

/** The first decode of large images: hashing, decoding and writing the cache on our side, decoding alone on the peers'. */
async function firstDecode(context: BenchContext): Promise<void> {
  const name = `the first decode of ${large} JPEGs of 2 megapixels`;
  if (!context.wants(name)) return;
  const folder = await context.folder();
  context.note(`drawing ${large} images of 2 megapixels`);
  await writeLarge(join(folder, 'classes'));
  const cache = join(folder, 'large-cache');
  const workers = availableParallelism();
  const ours = async () => {
    await rm(cache, { recursive: true, force: true });
    // A process of its own, as a run's trainer is, with the variables that it gets.
    const child = new Worker(
      'facecom',
      [
        process.execPath,
        '--import',
        'tsx',
        join(import.meta.dirname, 'support/decode-worker.ts'),
        join(folder, 'classes'),
        String(size),
      ],
      {
        env: { FACECOM_CACHE_DIR: cache, UV_THREADPOOL_SIZE: String(Math.max(4, workers)) },
      },
    );
    const { seconds } = await child.ready<{ seconds: number }>();
    await child.stop();
    return large / seconds;
  };
  const opencv = await context.pythonEnvironment('bench-opencv', [
    'opencv-python-headless==4.12.0.88',
    'numpy==2.2.6',
  ]);
  const peers = [
    { title: 'torchvision', python: await torchPython(context), script: 'peers/cache.py' },
    { title: 'OpenCV', python: opencv, script: 'peers/decode_opencv.py' },
  ];
  for (const { title, python, script } of peers) {
    const peer = new Worker(title, [
      python,
      join(import.meta.dirname, script),
      join(folder, 'classes'),
      String(size),
      String(workers),
    ]);
    context.defer(() => peer.stop());
    const version = Object.values(await peer.ready<Record<string, unknown>>())[0];
    await peer.ask({ epochs: 1 });
    const { ours: mine, peer: other } = await context.alternate(context.rounds(3), {
      ours,
      peer: async () => large / (await peer.ask<{ seconds: number }>({ epochs: 1 })).seconds,
    });
    await peer.stop();
    context.report({
      case: `${name}, against ${title}`,
      ours: mine.median,
      peer: other.median,
      unit: 'img/s',
      better: 'higher',
      against: `${title} ${version}, ${workers} worker processes`,
      rounds: mine.values.length,
    });
  }
}

async function writeLarge(folder: string): Promise<void> {
  const { default: sharp } = await import('sharp');
  for (let p = 0; p < people; p++) {
    await mkdir(join(folder, `p${p}`), { recursive: true });
    const person = makePerson(1, p);
    for (let k = 0; k < large / people; k++) {
      const file = join(folder, `p${p}`, `${k}.jpg`);
      if (k % 8 > 0) {
        await link(join(folder, `p${p}`, `${k - (k % 8)}.jpg`), file);
        continue;
      }
      const pixels = drawPicture(person, { seed: 1, picture: k, size: 400 });
      const noise = { type: 'gaussian' as const, mean: 128, sigma: 12 };
      const grain = await sharp({
        create: { width: 1632, height: 1224, channels: 3, background: '#000', noise },
      })
        .png({ compressionLevel: 1 })
        .toBuffer();
      await sharp(pixels, { raw: { width: 400, height: 400, channels: 3 } })
        .resize(1632, 1224, { fit: 'fill' })
        .composite([{ input: grain, blend: 'soft-light' }])
        .jpeg({ quality: 92 })
        .toFile(file);
    }
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
