import { Random } from '../../base/random.ts';
import { paintBackground, paintClothes } from './background.ts';
import { Canvas } from './canvas.ts';
import { paintBrows, paintEyes, paintGlasses, paintMouth, paintNose } from './features.ts';
import { paintBackHair, paintHair } from './hair.ts';
import { paintEars, paintNeck, paintSkin } from './head.ts';
import type { Person } from './person.ts';
import { drawScene, layOut } from './scene.ts';

/** Counts up when the same settings give another image. */
export const drawingVersion = 3;

export interface DrawSettings {
  seed: number;
  /** Number of the image among the identity's. */
  picture: number;
  /** Side, pixels. */
  size: number;
}

/**
 *   identity (stable) + scene (of this image) ─▶ background ▸ hair behind ▸ body ▸ head ▸ features ▸ hair ─▶ exposure, sensor
 *
 * One image of an identity, `[size, size, 3]` RGB, 0..255. Background, clothes, light, pose and expression are drawn without
 * regard to the identity, so that only the face tells who it is.
 */
export function drawPicture(person: Person, { seed, picture, size }: DrawSettings): Uint8Array {
  const random = new Random(seed, 'picture', person.index, picture);
  const scene = drawScene(random);
  const spaces = layOut(person, scene, size);
  const canvas = new Canvas(size);
  paintBackground(canvas, spaces, random);
  paintBackHair(canvas, spaces, person, scene);
  paintNeck(canvas, spaces, person);
  paintClothes(canvas, spaces, person.head.bottom, random);
  paintEars(canvas, spaces, person, scene);
  paintSkin(canvas, spaces, person, new Random(seed, 'skin', person.index));
  paintNose(canvas, spaces, person, scene);
  paintMouth(canvas, spaces, person, scene);
  paintEyes(canvas, spaces, person, scene);
  paintBrows(canvas, spaces, person, scene);
  paintHair(canvas, spaces, person, scene);
  paintGlasses(canvas, spaces, person, scene);
  return develop(canvas, scene, random);
}

/** Exposure, tint of the light and the sensor's grain. */
function develop(
  { values }: Canvas,
  { exposure, tint }: { exposure: number; tint: readonly [number, number, number] },
  random: Random,
): Uint8Array {
  const pixels = new Uint8Array(values.length);
  const grain = random.uniform(1, 5);
  for (let i = 0; i < values.length; i++) {
    const value =
      255 * values[i]! * exposure * tint[i % 3]! + grain * (random.uniform() + random.uniform() - 1);
    pixels[i] = value < 0 ? 0 : value > 255 ? 255 : value + 0.5;
  }
  return pixels;
}
