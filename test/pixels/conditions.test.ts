import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../../src/base/random.ts';
import { drawPicture, makePerson } from '../../src/data/faces/index.ts';
import { badConditions, conditions, type Severity } from '../../src/pixels/conditions/index.ts';

const severities: Severity[] = [1, 2, 3, 4, 5];
const size = 48;
const clean = drawPicture(makePerson(1, 2), { seed: 1, picture: 3, size });

function apply(name: string, severity: Severity, seed = 1): Uint8Array {
  const pixels = clean.slice();
  conditions
    .find((condition) => condition.name === name)!
    .apply({ pixels, size }, severity, new Random(seed, name));
  return pixels;
}

const mean = (values: ArrayLike<number>) =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
const distance = (a: Uint8Array, b: Uint8Array) => mean(Array.from(a, (value, i) => Math.abs(value - b[i]!)));
/** Mean step between neighbours in a row: how sharp an image is. */
const sharpness = (a: Uint8Array) => mean(Array.from(a.subarray(3), (value, i) => Math.abs(value - a[i]!)));
const deviation = (a: Uint8Array) => {
  const middle = mean(a);
  return Math.sqrt(mean(Array.from(a, (value) => (value - middle) ** 2)));
};

test('FaceCom’s seven are there, names and suffixes are unique', () => {
  assert.deepEqual(
    badConditions.map((condition) => condition.name),
    ['motion_blur', 'overexposure', 'fog', 'rain', 'low_light', 'noise', 'glare'],
  );
  assert.equal(new Set(conditions.map((condition) => condition.name)).size, conditions.length);
  assert.equal(new Set(conditions.map((condition) => condition.suffix)).size, conditions.length);
});

for (const { name } of conditions)
  test(`${name}: the stream decides, and severity brings the image further from itself`, () => {
    assert.deepEqual(apply(name, 3), apply(name, 3));
    const distances = severities.map((severity) =>
      mean([1, 2, 3, 4, 5, 6].map((seed) => distance(clean, apply(name, severity, seed)))),
    );
    // ImageNet-C's fog gets rougher from 3 to 4, hardly denser.
    for (const [i, value] of distances.entries())
      assert.ok(
        value > (distances[i - 1] ?? 1) * (name === 'fog' ? 0.95 : 1),
        `${name}: ${distances.map((d) => d.toFixed(1))}`,
      );
  });

test('each does what its name says', () => {
  assert.ok(mean(apply('low_light', 3)) < mean(clean) * 0.5);
  assert.ok(mean(apply('overexposure', 3)) > mean(clean) * 1.3);
  assert.ok(mean(apply('brightness', 3)) > mean(clean) + 40);
  assert.ok(mean(apply('glare', 3)) > mean(clean) * 1.1);
  assert.ok(sharpness(apply('motion_blur', 5)) < sharpness(clean));
  assert.ok(sharpness(apply('noise', 3)) > sharpness(clean) * 1.5);
  const red = (a: Uint8Array) => a.filter((_, i) => i % 3 === 0);
  assert.ok(deviation(red(apply('contrast', 3))) < deviation(red(clean)) * 0.25);
  const noisy = new Uint8Array(clean.length).fill(128);
  conditions.find(({ name }) => name === 'noise')!.apply({ pixels: noisy, size }, 1, new Random(1));
  const spread = Math.sqrt(mean(Array.from(noisy, (value) => (value - 128) ** 2)));
  assert.ok(Math.abs(spread - 0.08 * 255) < 0.6, `standard deviation ${spread}, not 20.4`);
  assert.ok(Math.abs(mean(noisy) - 128) < 0.6);
});

test('fog is milky: it brightens every image, bright ones too, and greys all of them', () => {
  for (let person = 0; person < 12; person++)
    for (const severity of severities) {
      const pixels = drawPicture(makePerson(1, person), { seed: 1, picture: 0, size });
      const before = mean(pixels);
      const spread = deviation(pixels);
      conditions.find(({ name }) => name === 'fog')!.apply({ pixels, size }, severity, new Random(person));
      assert.ok(mean(pixels) > before + 5, `identity ${person}: ${before} to ${mean(pixels)}`);
      assert.ok(deviation(pixels) < spread * 0.75);
    }
});

test('images of any size', () => {
  for (const side of [1, 2, 16, 100])
    for (const condition of conditions)
      for (const severity of severities) {
        const pixels = new Uint8Array(side * side * 3).fill(77);
        condition.apply({ pixels, size: side }, severity, new Random(1, side));
      }
});
