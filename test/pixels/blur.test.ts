import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { effects } from '../../src/augment/index.ts';
import { Random } from '../../src/base/random.ts';
import { gaussianBlur, lineBlur, motionBlur } from '../../src/pixels/blur.ts';
import { convolve } from '../../src/pixels/kernels/convolution.ts';
import type { Picture } from '../../src/pixels/picture.ts';

// What OpenCV and albumentations make of an image: test/fixtures/pixels/make.py.
const fixture = JSON.parse(readFileSync(new URL('../fixtures/pixels/pixels.json', import.meta.url), 'utf8'));
const picture = (): Picture => ({ pixels: Uint8Array.from(fixture.picture), size: fixture.size });

function near(actual: Picture, expected: number[], tolerance: number, name: string): void {
  let worst = 0;
  for (const [i, value] of actual.pixels.entries()) worst = Math.max(worst, Math.abs(value - expected[i]!));
  assert.ok(worst <= tolerance, `${name}: differs by ${worst}`);
}

test('Gaussian blur is OpenCV’s within 2 of 255', () => {
  for (const kernel of [3, 5, 7]) {
    const blurred = picture();
    gaussianBlur(blurred, kernel);
    near(blurred, fixture[`gaussian_${kernel}`], 2, `kernel ${kernel}`);
  }
  const wide = picture();
  gaussianBlur(wide, 9, 3);
  near(wide, fixture.gaussian_9_sigma_3, 2, 'sigma 3');
});

test('motion blur along an axis is the mean of the neighbours', () => {
  for (const [angle, name] of [
    [0, 'motion_5_horizontal'],
    [Math.PI / 2, 'motion_5_vertical'],
  ] as const) {
    const blurred = picture();
    motionBlur(blurred, 5, angle);
    near(blurred, fixture[name], 2, name);
  }
});

test('brightness and contrast, and the flip, are albumentations’', () => {
  const changed = picture();
  const effect = effects.find(({ name }) => name === 'brightness_contrast')!;
  effect.apply(changed, { brightness_limit: [0.1, 0.1], contrast_limit: [-0.2, -0.2] }, new Random(1));
  near(changed, fixture.brightness_contrast, 1, 'brightness_contrast');
  const flipped = picture();
  effects.find(({ name }) => name === 'horizontal_flip')!.apply(flipped, {}, new Random(1));
  near(flipped, fixture.flip, 0, 'flip');
});

test('a flat image stays as it is under any blur and size', () => {
  for (const size of [1, 2, 3, 16, 33])
    for (const value of [0, 1, 128, 255]) {
      const flat = { pixels: new Uint8Array(size * size * 3).fill(value), size };
      gaussianBlur(flat, 99, 20);
      gaussianBlur(flat, 5);
      motionBlur(flat, 15, 1);
      lineBlur(
        flat,
        Float64Array.from({ length: 21 }, (_, k) => Math.exp(-k)),
        -0.7,
      );
      assert.ok(
        flat.pixels.every((pixel) => pixel === value),
        `size ${size}, value ${value}`,
      );
    }
});

test('an image that is a view into a batch is changed alone', () => {
  const batch = new Uint8Array(3 * 768).fill(9);
  batch.set(fixture.picture, 768);
  const view = { pixels: batch.subarray(768, 1536), size: 16 };
  gaussianBlur(view, 7);
  assert.ok(batch.subarray(0, 768).every((value) => value === 9));
  assert.ok(batch.subarray(1536).every((value) => value === 9));
  assert.notDeepEqual([...view.pixels], fixture.picture);
});

test('a convolution agrees with its definition', () => {
  const random = new Random(5, 'convolution');
  for (let round = 0; round < 20; round++) {
    const size = random.integer(3, 20);
    const pixels = Uint8Array.from({ length: size * size * 3 }, () => random.integer(0, 255));
    const taps = Array.from({ length: random.integer(1, 9) }, () => ({
      dx: random.integer(-2, 2),
      dy: random.integer(-2, 2),
      weight: random.uniform(0.1, 1),
    }));
    const total = taps.reduce((sum, tap) => sum + tap.weight, 0);
    const at = (x: number, y: number, c: number) => {
      const fold = (i: number) => (i < 0 ? -i : i >= size ? 2 * size - 2 - i : i);
      return pixels[3 * (fold(y) * size + fold(x)) + c]!;
    };
    const result = pixels.slice();
    convolve(result, size, [taps]);
    for (let i = 0; i < result.length; i++) {
      const [x, y, c] = [Math.floor(i / 3) % size, Math.floor(i / 3 / size), i % 3];
      const expected = taps.reduce(
        (sum, { dx, dy, weight }) => sum + (weight / total) * at(x + dx, y + dy, c),
        0,
      );
      // Each weight is rounded to 1/256.
      assert.ok(Math.abs(result[i]! - expected) <= 0.5 + taps.length * 0.75, `${result[i]} for ${expected}`);
    }
  }
});
