import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { Random } from '../../src/base/random.ts';
import { drawPicture, makePerson } from '../../src/data/faces/index.ts';
import { badConditions } from '../../src/pixels/index.ts';

const size = 32;

/** The challenge's folders with drawn faces: so many people, of whom the last third is in val. */
export async function drawChallenge(folder: string, people: number): Promise<void> {
  const write = async (path: string, pixels: Uint8Array) => {
    await mkdir(dirname(path), { recursive: true });
    await sharp(pixels, { raw: { width: size, height: size, channels: 3 } })
      .png()
      .toFile(path);
  };
  for (let p = 0; p < people; p++) {
    const person = makePerson(1, p);
    const id = `${String(p).padStart(3, '0')}_frontal`;
    const side = 3 * p < 2 * people ? 'train' : 'val';
    const pixels = drawPicture(person, { seed: 1, picture: 0, size });
    await write(join(folder, 'Task_A', side, person.gender === 1 ? 'female' : 'male', `${id}.jpg`), pixels);
    await write(join(folder, 'Task_B', side, id, `${id}.jpg`), pixels);
    for (const [k, condition] of badConditions.slice(0, 3).entries()) {
      const copy = pixels.slice();
      condition.apply({ pixels: copy, size }, 1, new Random(p, 'test', k));
      await write(join(folder, 'Task_B', side, id, 'distortion', `${id}_${condition.suffix}.jpg`), copy);
    }
  }
}
