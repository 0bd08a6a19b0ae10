import { Random } from '../../random.ts';
import type { Person } from './person.ts';

/** Counts up when the same settings give another picture. */
export const drawingVersion = 0;

export interface DrawSettings {
  seed: number;
  /** Number of the picture among the person's. */
  picture: number;
  /** Side, pixels. */
  size: number;
  /** Probability of one of the bad conditions. */
  conditions: number;
}

/** One picture of a person, `[size, size, 3]` RGB, 0..255. */
export function drawPicture(person: Person, { seed, picture, size }: DrawSettings): Uint8Array {
  const random = new Random(seed, 'picture', person.index, picture);
  const pixels = new Uint8Array(size * size * 3);
  const x0 = 0.5 + random.uniform(-0.06, 0.06);
  const y0 = 0.5 + random.uniform(-0.06, 0.06);
  const light = random.uniform(0.7, 1.15);
  const ground = [random.uniform(0, 255), random.uniform(0, 255), random.uniform(0, 255)];
  const hairline = person.gender === 1 ? 0.9 : 0.3;
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) {
      const u = (x + 0.5) / size - x0;
      const v = (y + 0.5) / size - y0;
      const face = (u / person.width) ** 2 + (v / person.height) ** 2;
      const hair = (u / (person.width * 1.2)) ** 2 + ((v + 0.05) / (person.height * 1.1)) ** 2;
      const eye = Math.min((u - person.eyes) ** 2, (u + person.eyes) ** 2) + (v + 0.05) ** 2;
      const mouth = (u / 0.1) ** 2 + ((v - 0.2) / 0.02) ** 2;
      let colour: readonly number[] = ground;
      if (hair < 1 && v < hairline) colour = person.hair;
      if (face < 1 && v > -0.2) colour = person.skin;
      if (eye < 0.0008) colour = [30, 30, 40];
      if (mouth < 1) colour = [150, 60, 60];
      for (let c = 0; c < 3; c++)
        pixels[3 * (y * size + x) + c] = Math.max(
          0,
          Math.min(255, colour[c]! * light + random.uniform(-8, 8)),
        );
    }
  return pixels;
}
