import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Random } from '../../src/base/random.ts';
import { defocus } from '../../src/pixels/blur.ts';
import { shiftColour } from '../../src/pixels/colour.ts';
import { warp, zoom } from '../../src/pixels/geometry.ts';
import { compress } from '../../src/pixels/jpeg.ts';
import { shotNoise } from '../../src/pixels/photons.ts';
import type { Picture } from '../../src/pixels/picture.ts';
import { downUp } from '../../src/pixels/resample.ts';
import { applyTable, gradedGain, linear, tableOf } from '../../src/pixels/tone.ts';

// What OpenCV and albumentations make of an image: test/fixtures/pixels/make.py.
const fixture = JSON.parse(readFileSync(new URL('../fixtures/pixels/pixels.json', import.meta.url), 'utf8'));

/** The largest and the mean difference between the fixture's image, changed, and what the fixture expects. */
function differences(name: string, change: (picture: Picture) => void) {
  const picture = { pixels: Uint8Array.from(fixture.picture), size: fixture.size };
  change(picture);
  const found = Array.from(picture.pixels, (value, i) => Math.abs(value - fixture[name][i]));
  return { most: Math.max(...found), mean: found.reduce((sum, value) => sum + value, 0) / found.length };
}

test('gamma, defocus and resampling are OpenCV’s within 2 of 255', () => {
  const gamma = tableOf((value) => 255 * (value / 255) ** 1.5);
  assert.ok(differences('gamma_150', (picture) => applyTable(picture, gamma)).most <= 1);
  // Each weight is rounded to 1/256.
  const blurred = differences('defocus_2', (picture) => defocus(picture, 2, 0.4));
  assert.ok(blurred.most <= 3, `${blurred.most}`);
  const linearly = differences('down_up_8', (picture) => downUp(picture, 8, false));
  assert.ok(linearly.most <= 2, `${linearly.most}`);
  const repeated = differences('down_up_5', (picture) => downUp(picture, 5, true));
  assert.ok(repeated.most <= 2, `${repeated.most}`);
});

test('a warp is OpenCV’s warpAffine', () => {
  const turned = (scale: number) => {
    const [cos, sin] = [Math.cos(Math.PI / 9) / scale, Math.sin(Math.PI / 9) / scale];
    return {
      ax: cos,
      bx: -sin,
      cx: 7.5 - 7.5 * cos + 7.5 * sin,
      ay: sin,
      by: cos,
      cy: 7.5 - 7.5 * sin - 7.5 * cos,
    };
  };
  // OpenCV rounds places to 1/32 of a pixel: between neighbours that differ by 255 that is up to 8 in one direction.
  const mirrored = differences('turned_20', (picture) => warp(picture, turned(1.1)));
  assert.ok(mirrored.most <= 10 && mirrored.mean < 1.5, JSON.stringify(mirrored));
  const filled = differences('turned_20_filled', (picture) => warp(picture, turned(0.6), [10, 20, 30]));
  assert.ok(filled.most <= 10 && filled.mean < 1.5, JSON.stringify(filled));
});

test('a zoom is the warp of the same rectangle', () => {
  const random = new Random(4, 'zoom');
  for (let round = 0; round < 20; round++) {
    const size = random.integer(2, 20);
    const pixels = Uint8Array.from({ length: size * size * 3 }, () => random.integer(0, 255));
    const width = random.integer(1, size);
    const left = random.integer(0, size - width);
    const [zoomed, warped] = [pixels.slice(), pixels.slice()];
    zoom({ pixels: zoomed, size }, left, 0, width, size);
    const [step, first] = [width / size, left + (width / size - 1) / 2];
    warp({ pixels: warped, size }, { ax: step, bx: 0, cx: first, ay: 0, by: 1, cy: 0 });
    for (let i = 0; i < pixels.length; i++) {
      const x = first + step * (Math.floor(i / 3) % size);
      // They differ in what lies outside, and in how shares are rounded.
      if (x >= 0 && x <= size - 1) assert.ok(Math.abs(zoomed[i]! - warped[i]!) <= 2, `${size} px`);
    }
    const whole = pixels.slice();
    zoom({ pixels: whole, size }, 0, 0, size, size);
    assert.deepEqual(whole, pixels);
  }
});

test('hue, saturation and value are OpenCV’s, and grey stays grey', () => {
  const shifted = differences('hue_saturation', (picture) => shiftColour(picture, 24, 30, -20));
  assert.ok(shifted.most <= 2, `${shifted.most}`);
  const grey = { pixels: new Uint8Array(5 * 5 * 3).fill(70), size: 5 };
  shiftColour(grey, 90, 100, 10);
  assert.ok(grey.pixels.every((value) => value === 80));
});

test('JPEG’s losses are sharp’s on a face-sized image, whatever the side', async () => {
  const { default: sharp } = await import('sharp');
  const { drawPicture, makePerson } = await import('../../src/data/faces/index.ts');
  for (const size of [112, 50])
    for (const quality of [30, 75, 95]) {
      const pixels = drawPicture(makePerson(1, 4), { seed: 1, picture: 2, size });
      const raw = { raw: { width: size, height: size, channels: 3 } } as const;
      const file = await sharp(pixels, raw).jpeg({ quality, chromaSubsampling: '4:2:0' }).toBuffer();
      const theirs = await sharp(file).raw().toBuffer();
      const own = pixels.slice();
      compress({ pixels: own, size }, quality);
      const error = (a: Uint8Array, b: Uint8Array) =>
        Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0) / a.length);
      // They interpolate chroma; the difference is small beside what was lost.
      assert.ok(error(own, theirs) < 0.65 * error(own, pixels), `${size} px at ${quality}`);
    }
});

test('tones agree with their definition', () => {
  const random = new Random(8, 'tones');
  for (let round = 0; round < 30; round++) {
    const size = random.integer(1, 12);
    const pixels = Uint8Array.from({ length: size * size * 3 }, () => random.integer(0, 255));
    const [factor, offset] = [random.uniform(-1, 9), random.uniform(-300, 300)];
    const found = pixels.slice();
    linear({ pixels: found, size }, factor, offset);
    for (const [i, value] of pixels.entries()) {
      const exact = Math.max(0, Math.min(255, value * factor + offset));
      assert.ok(Math.abs(found[i]! - exact) <= 0.55, `${value} × ${factor} + ${offset}: ${found[i]}`);
    }
    const [low, high, angle] = [random.uniform(0, 2), random.uniform(2, 15), random.uniform(0, 7)];
    const graded = pixels.slice();
    gradedGain({ pixels: graded, size }, low, high, angle);
    const reach = Math.abs(Math.cos(angle)) + Math.abs(Math.sin(angle));
    for (const [i, value] of pixels.entries()) {
      const [x, y] = [Math.floor(i / 3) % size, Math.floor(i / 3 / size)];
      const along =
        0.5 +
        ((x + 0.5 - size / 2) * Math.cos(angle) + (y + 0.5 - size / 2) * Math.sin(angle)) / (reach * size);
      const exact = Math.min(255, value * (low + (high - low) * along));
      assert.ok(Math.abs(graded[i]! - exact) <= 0.7, `${value}: ${graded[i]} for ${exact}`);
    }
  }
});

test('shot noise has the mean and the variance of counted photons', () => {
  for (const [value, scale] of [
    [90, 0.1],
    [90, 0.002],
    [200, 0.05],
  ] as const) {
    const picture = { pixels: new Uint8Array(60 * 60 * 3).fill(value), size: 60 };
    shotNoise(picture, scale, new Random(2));
    const counts = Array.from(picture.pixels, (found) => (found / 255) ** 2.2 / scale);
    const mean = counts.reduce((sum, n) => sum + n, 0) / counts.length;
    const variance = counts.reduce((sum, n) => sum + (n - mean) ** 2, 0) / counts.length;
    const expected = (value / 255) ** 2.2 / scale;
    // What is brighter than white is cut off, and values are rounded to whole numbers.
    assert.ok(Math.abs(mean / expected - 1) < 0.05, `mean ${mean} for ${expected}`);
    assert.ok(Math.abs(variance / expected - 1) < 0.25, `variance ${variance} for ${expected}`);
  }
});
