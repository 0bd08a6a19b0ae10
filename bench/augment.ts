import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compositions, createAugmenter, effects, type PolicyEntry, policies } from '../src/augment/index.ts';
import { Random } from '../src/base/random.ts';
import { drawPicture, makePerson } from '../src/data/faces/index.ts';
import type { BenchContext } from './support/context.ts';
import { Worker } from './support/worker.ts';

// Images a second that one thread augments: facecom on its cache of decoded images, albumentations (OpenCV, one thread) on
// the same images in memory, and on JPEG files, which is what a data loader without a cache does in every epoch.

const ALBUMENTATIONS = ['albumentations==2.0.8', 'opencv-python-headless==5.0.0.93', 'numpy==2.4.6'];
const count = 64;

/** An entry of a policy with its probability, as both sides are told it. */
interface Step {
  effect: string;
  p: number;
  effects?: Step[];
}

function stepsOf(entries: readonly PolicyEntry[]): Step[] {
  return entries.map(({ effect, p, effects: inner }) => ({
    effect,
    p: p ?? [...effects, ...compositions].find(({ name }) => name === effect)!.p,
    ...(inner ? { effects: stepsOf(inner as PolicyEntry[]) } : {}),
  }));
}

const namedSteps = (policy: string): Step[] => stepsOf(policies[policy]!.effects);

interface Case {
  name: string;
  size: number;
  steps: Step[];
  jpeg?: boolean;
}

const withoutFog = (policy: string): Case => ({
  name: `${policy} without fog 112 px`,
  size: 112,
  steps: namedSteps(policy).filter(({ effect }) => !effect.startsWith('fog')),
});

const cases: Case[] = [
  ...[64, 112, 224].map((size) => ({
    name: `replaced-program ${size} px`,
    size,
    steps: namedSteps('replaced-program'),
  })),
  withoutFog('replaced-program'),
  withoutFog('facecom-weather'),
  ...[64, 112].map((size) => ({
    name: `facecom-weather ${size} px`,
    size,
    steps: namedSteps('facecom-weather'),
  })),
  { name: 'light 112 px', size: 112, steps: namedSteps('light') },
  { name: 'facecom-strong 112 px', size: 112, steps: namedSteps('facecom-strong') },
  {
    name: 'an epoch of 400 px JPEG files at 224 px, replaced-program',
    size: 224,
    steps: namedSteps('replaced-program'),
    jpeg: true,
  },
  ...effects.map(({ name }) => ({
    name: `${name} alone 112 px`,
    size: 112,
    steps: [{ effect: name, p: 1 }],
  })),
];

export async function run(context: BenchContext): Promise<void> {
  const python = await context.pythonEnvironment('bench-albumentations', ALBUMENTATIONS);
  const folder = await context.folder();
  for (const { name, size, steps, jpeg } of cases) {
    if (!context.wants(name)) continue;
    const pictures = await drawPictures(size);
    const source = jpeg ? await writeJpegs(join(folder, 'jpeg')) : join(folder, `${size}.raw`);
    if (!jpeg) await writeFile(source, Buffer.concat(pictures));
    const peer = new Worker('albumentations', [
      python,
      join(import.meta.dirname, 'peers/augment.py'),
      source,
      String(size),
    ]);
    context.defer(() => peer.stop());
    const { albumentations, opencv } = await peer.ready<{ albumentations: string; opencv: string }>();
    const ours = augmentSeconds(pictures, size, steps);
    const theirs = async (n: number) =>
      (await peer.ask<{ seconds: number }>({ policy: steps, pictures: n })).seconds;
    // Each side warms up, then takes as many images as it does in about a second.
    const numbers = { ours: many(ours(200)), peer: many(await theirs(50), 50) };
    const { ours: mine, peer: other } = await context.alternate(context.rounds(7), {
      ours: () => numbers.ours / ours(numbers.ours),
      peer: async () => numbers.peer / (await theirs(numbers.peer)),
    });
    await peer.stop();
    context.report({
      case: name,
      ours: mine.median,
      peer: other.median,
      unit: 'img/s',
      better: 'higher',
      against: `albumentations ${albumentations}, OpenCV ${opencv}, one thread`,
      rounds: mine.values.length,
    });
  }
}

const many = (seconds: number, of = 200): number => Math.max(20, Math.round(of / seconds));

/** Seconds for n images: copied from the cache, as batches are, and augmented. */
function augmentSeconds(pictures: Uint8Array[], size: number, steps: Step[]): (n: number) => number {
  const augmenter = createAugmenter(steps, size);
  const batch = new Uint8Array(size * size * 3);
  return (n) => {
    const started = performance.now();
    for (let i = 0; i < n; i++) {
      batch.set(pictures[i % pictures.length]!);
      augmenter.apply(batch, new Random(1, 'augment', 0, i));
    }
    return (performance.now() - started) / 1000;
  };
}

async function drawPictures(size: number): Promise<Uint8Array[]> {
  return Array.from({ length: count }, (_, i) =>
    drawPicture(makePerson(1, i % 16), { seed: 1, picture: i >> 4, size }),
  );
}

async function writeJpegs(folder: string): Promise<string> {
  const { default: sharp } = await import('sharp');
  await mkdir(folder, { recursive: true });
  for (const [i, pixels] of (await drawPictures(400)).entries())
    await sharp(pixels, { raw: { width: 400, height: 400, channels: 3 } })
      .jpeg({ quality: 92 })
      .toFile(join(folder, `${String(i).padStart(3, '0')}.jpg`));
  return folder;
}
