import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { Random } from '../src/base/random.ts';
import { crc32 } from '../src/data/formats/png.ts';
import type { BenchContext } from './support/context.ts';
import { reportCounts } from './support/counts.ts';
import { hasStack, program } from './support/program.ts';

const IMAGES = 300;
/** Images of a data set that are damaged, so that each can be named. */
const AT_ONCE = 10;

/** Makes what stands in an image's place; each is none that could be read. */
type Damage = (file: string, sound: Buffer, random: Random) => void;

const damages: Record<string, Damage> = {
  truncated: (file, sound, random) =>
    writeFileSync(file, sound.subarray(0, random.integer(10, Math.floor(sound.length * 0.6)))),
  empty: (file) => writeFileSync(file, ''),
  text: (file) => writeFileSync(file, '<html><body>404 Not Found</body></html>\n'),
  svg: (file) =>
    writeFileSync(
      file,
      '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>',
    ),
  zeros: (file) => writeFileSync(file, Buffer.alloc(4096)),
  bytes: (file, _, random) =>
    writeFileSync(file, Buffer.from(Array.from({ length: 2000 }, () => random.integer(0, 255)))),
  header: (file, sound, random) =>
    writeFileSync(
      file,
      Buffer.concat([
        sound.subarray(0, 24),
        Buffer.from(Array.from({ length: 500 }, () => random.integer(0, 255))),
      ]),
    ),
  bomb: (file) => writeFileSync(file, bomb()),
  archive: (file) =>
    writeFileSync(file, Buffer.concat([Buffer.from('PK\u0003\u0004'), Buffer.alloc(3000, 7)])),
  fifo: (file) => execFileSync('mkfifo', [file]),
  folder: (file) => mkdirSync(file),
  nowhere: (file) => symlinkSync('/nowhere/at/all.png', file),
  loop: (file) => symlinkSync(file, file),
  device: (file) => symlinkSync('/dev/zero', file),
};

/**
 * 300 damaged images, five at a time among sound ones ─▶ `data inspect`, `run`, `predict` and `evaluate` ─▶ no hang, no stack trace, each
 * named. `--rounds` is the number of images, `--seed` draws others.
 */
export async function run(context: BenchContext): Promise<void> {
  const cwd = await context.folder();
  const wanted = context.rounds(IMAGES);
  const sound = await makeSound(join(cwd, 'sound'));
  writeSpec(cwd);
  const trained = await program(['run', 'exp.yaml', '--set', 'data.path=sound'], { cwd, limit: 300 });
  if (trained.code !== 0) throw new Error(trained.output);
  const found = { images: 0, commands: 0, hangs: 0, stacks: 0, unnamed: 0, accepted: 0, slowest_ms: 0 };
  const kinds: Record<string, number> = {};
  const random = new Random(context.seed, 'images');
  while (found.images < wanted) {
    const data = join(cwd, 'data');
    rmSync(data, { recursive: true, force: true });
    cpSync(join(cwd, 'sound'), data, { recursive: true });
    const names: string[] = [];
    const entries = [...sound.entries];
    for (let k = 0; k < Math.min(AT_ONCE, wanted - found.images); k++) {
      const kind = random.pick(Object.keys(damages));
      const name = `${kind}-${k}.${random.pick(['png', 'jpg', 'JPG'])}`;
      damages[kind]!(join(data, 'images', name), random.pick(sound.images), random);
      entries.push({ filename: name, gender: 'Male', person_id: 'a' });
      names.push(name);
      kinds[kind] = (kinds[kind] ?? 0) + 1;
    }
    found.images += names.length;
    writeFileSync(join(data, 'annotations.json'), JSON.stringify(entries));
    for (const args of [
      ['data', 'inspect', 'data'],
      ['run', 'exp.yaml', '--set', 'data.path=data'],
      ['predict', 'exp', join('data', 'images')],
      ['evaluate', 'exp', '--data', 'data'],
    ]) {
      const { code, output, hung, ms } = await program(args, { cwd, limit: 300 });
      found.commands++;
      found.slowest_ms = Math.max(found.slowest_ms, Math.round(ms));
      const say = (what: string) =>
        context.note(`${args.slice(0, 2).join(' ')}: ${what}: ${output.slice(-700)}`);
      if (hung) {
        found.hangs++;
        say(`hangs at ${names.join(', ')}`);
      }
      if (hasStack(output)) {
        found.stacks++;
        say('stack trace');
      }
      // What is no file at all is no image of a folder.
      const expected = args[0] === 'predict' ? names.filter((name) => !name.startsWith('folder')) : names;
      const missing = expected.filter((name) => !output.includes(name));
      found.unnamed += missing.length;
      if (missing.length > 0) say(`not named: ${missing.join(', ')}`);
      if (code === 0 && args[0] !== 'data') {
        found.accepted++;
        say('exit code 0');
      }
    }
    context.note(`${found.images}/${wanted}: ${JSON.stringify(found)}`);
  }
  reportCounts(
    context,
    {
      hangs: found.hangs,
      'stack traces': found.stacks,
      'damaged images that are not named': found.unnamed,
      'commands that take them for sound': found.accepted,
    },
    { rounds: found.images, details: { ...found, kinds, seed: context.seed } },
  );
}

/** A PNG of a few bytes that says it is 60,000 pixels a side. */
function bomb(): Buffer {
  const size = Buffer.alloc(8);
  size.writeUInt32BE(60_000, 0);
  size.writeUInt32BE(60_000, 4);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const head = Buffer.concat([Buffer.from('IHDR'), size, Buffer.from([8, 2, 0, 0, 0])]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(13, 0);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(head), 0);
  return Buffer.concat([signature, length, head, sum, Buffer.alloc(40)]);
}

async function makeSound(folder: string) {
  mkdirSync(join(folder, 'images'), { recursive: true });
  const entries: { filename: string; gender: string; person_id: string }[] = [];
  const images: Buffer[] = [];
  for (let i = 0; i < 12; i++) {
    const noise = sharp({
      create: {
        width: 48,
        height: 48,
        channels: 3,
        background: '#888',
        noise: { type: 'gaussian', mean: 100 + 8 * i, sigma: 40 },
      },
    });
    const image = await (i % 2 === 0 ? noise.png() : noise.jpeg()).toBuffer();
    const filename = `s${i}.${i % 2 === 0 ? 'png' : 'jpg'}`;
    writeFileSync(join(folder, 'images', filename), image);
    images.push(image);
    entries.push({ filename, gender: i < 6 ? 'Male' : 'Female', person_id: i < 6 ? 'a' : 'b' });
  }
  writeFileSync(join(folder, 'annotations.json'), JSON.stringify(entries));
  return { entries, images };
}

function writeSpec(cwd: string): void {
  writeFileSync(
    join(cwd, 'exp.yaml'),
    JSON.stringify({
      name: 'exp',
      data: { source: 'facecom', path: 'sound', image_size: 32 },
      augment: { policy: 'none' },
      model: { backbone: 'tiny' },
      train: { epochs: 1, batch_size: 4 },
      tracking: { mlflow: 'off' },
    }),
  );
}
