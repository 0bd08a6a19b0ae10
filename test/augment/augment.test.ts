import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ParameterSchema } from '../../src/augment/effects/types.ts';
import { createAugmenter, effects, policies } from '../../src/augment/index.ts';
import { Random } from '../../src/base/random.ts';
import { drawPicture, makePerson } from '../../src/data/faces/index.ts';
import { loadDataset } from '../../src/data/index.ts';
import { resolveConfig } from '../../src/spec/index.ts';
import { settings } from '../data/support/sets.ts';
import { packageDir } from '../support/program.ts';

const size = 48;
const clean = drawPicture(makePerson(1, 2), { seed: 1, picture: 3, size });
const mean = (values: Uint8Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

function apply(policy: string | object[], picture = 0, side = size, pixels = clean.slice()): Uint8Array {
  createAugmenter(policy, side).apply(pixels, new Random(1, 'augment', 0, picture));
  return pixels;
}
const one = (effect: string, parameters: object = {}, picture = 0) =>
  apply([{ effect, p: 1, ...parameters }], picture);

for (const { name } of effects)
  test(`${name}: drawn from the stream, changes the image, p 0 leaves it`, () => {
    assert.deepEqual(one(name), one(name));
    assert.notDeepEqual(one(name), clean);
    assert.deepEqual(apply([{ effect: name, p: 0 }]), clean);
    // Few kernels are to choose from: not any two images differ.
    const drawn = [1, 2, 3, 4, 5, 6].map((picture) => Buffer.from(one(name, {}, picture)).toString('hex'));
    assert.ok(name === 'horizontal_flip' || new Set(drawn).size > 1);
  });

test('each does what its name says', () => {
  assert.ok(mean(one('low_light')) < mean(clean) * 0.7);
  assert.ok(mean(one('overexposure')) > mean(clean) * 1.05);
  assert.ok(
    mean(one('brightness_contrast', { brightness_limit: [0.2, 0.2], contrast_limit: [0, 0] })) >
      mean(clean) + 40,
  );
  assert.ok(mean(one('rain')) < mean(clean));
  const range = (pixels: Uint8Array) =>
    pixels.toSorted()[Math.floor(pixels.length * 0.95)]! -
    pixels.toSorted()[Math.floor(pixels.length * 0.05)]!;
  assert.ok(range(one('fog', { fog_coef_range: [1, 1] })) < range(clean) * 0.7);
  // Patches whiten the middle, and keep the contrast that fog over the whole image takes.
  const patches = one('fog_patches', { fog_coef_range: [1, 1] });
  const whitened = (from: number, to: number) => {
    let sum = 0;
    for (let y = from; y < to; y++)
      for (let x = from; x < to; x++)
        for (let c = 0; c < 3; c++) sum += patches[3 * (y * size + x) + c]! - clean[3 * (y * size + x) + c]!;
    return sum / (3 * (to - from) ** 2);
  };
  assert.ok(whitened(Math.floor(size * 0.4), Math.ceil(size * 0.6)) > whitened(0, size) + 5);
  assert.ok(range(patches) > range(one('fog', { fog_coef_range: [1, 1] })));
  assert.deepEqual(
    apply([
      { effect: 'horizontal_flip', p: 1 },
      { effect: 'horizontal_flip', p: 1 },
    ]),
    clean,
  );
  const sharpness = (pixels: Uint8Array) =>
    pixels.subarray(3).reduce((sum, value, i) => sum + Math.abs(value - pixels[i]!), 0);
  for (const blur of ['gaussian_blur', 'motion_blur']) {
    assert.ok(sharpness(one(blur, { kernel: [7, 7] })) < sharpness(one(blur, { kernel: [3, 3] })));
    assert.ok(sharpness(one(blur, { kernel: [3, 3] })) < sharpness(clean));
  }
  const flat = new Uint8Array(size * size * 3).fill(128);
  const noisy = apply([{ effect: 'noise', p: 1, std_range: [0.1, 0.1] }], 0, size, flat.slice());
  const deviation = Math.sqrt(noisy.reduce((sum, value) => sum + (value - 128) ** 2, 0) / noisy.length);
  assert.ok(Math.abs(deviation - 25.5) < 0.8, `${deviation}`);
  const grey = apply([{ effect: 'noise', p: 1, per_channel: false }], 0, size, flat.slice());
  for (let i = 0; i < grey.length; i += 3) assert.equal(grey[i], grey[i + 1]);
});

test('probabilities are those of the policy', () => {
  const counts = { none: 0, some: 0 };
  const tiny = new Uint8Array(3).fill(100);
  const augmenter = createAugmenter([{ effect: 'low_light', p: 0.3 }], 1);
  for (let picture = 0; picture < 4000; picture++) {
    const pixels = tiny.slice();
    augmenter.apply(pixels, new Random(1, picture));
    counts[pixels[0] === 100 ? 'none' : 'some']++;
  }
  assert.ok(Math.abs(counts.some / 4000 - 0.3) < 0.03, `${counts.some}`);
});

test('the named policies', () => {
  assert.deepEqual(apply('none'), clean);
  assert.deepEqual(
    policies['replaced-program']!.effects.map(({ effect, p }) => [effect, p]),
    [
      ['brightness_contrast', 0.5],
      ['gaussian_blur', 0.3],
      ['horizontal_flip', 0.5],
      ['rain', 0.2],
      ['fog_patches', 0.2],
    ],
  );
  const weather = policies['facecom-weather']!.effects.map(({ effect }) => effect);
  for (const effect of ['motion_blur', 'low_light', 'overexposure', 'noise', 'rain', 'fog'])
    assert.ok(weather.includes(effect));
});

test('what does not exist is refused', () => {
  assert.throws(() => createAugmenter('weather', 8), {
    code: 'augment-policy',
    exitCode: 2,
    found: 'weather',
  });
  assert.throws(() => createAugmenter([{ effect: 'snow' }], 8), { code: 'augment-policy', found: 'snow' });
  const spec = (policy: unknown) => resolveConfig({ name: 'test', augment: { policy } });
  for (const policy of [
    'weather',
    [{ effect: 'snow' }],
    [{ effect: 'fog', density: 1 }],
    [{ effect: 'fog', p: 2 }],
    [{ p: 1 }],
    [{ effect: 'motion_blur', kernel: [3.5, 7] }],
    [{ effect: 'rain', slant_range: [0] }],
  ])
    assert.throws(() => spec(policy), { exitCode: 2 }, JSON.stringify(policy));
});

/** Values that a parameter's schema admits. */
function values({
  type,
  items,
  minItems,
  ...limits
}: ParameterSchema & Record<string, any>): fc.Arbitrary<unknown> {
  if (type === 'boolean') return fc.boolean();
  if (type === 'array') {
    const list = fc.array(values(items) as fc.Arbitrary<number>, {
      minLength: minItems,
      maxLength: minItems,
    });
    // Two numbers are the ends of a range, four the corners of a part of the image.
    if (minItems === 2) return list.map((ends) => ends.sort((a, b) => a - b));
    const corners = ([a, b, c, d]: number[]) => [
      Math.min(a!, c!),
      Math.min(b!, d!),
      Math.max(a!, c!),
      Math.max(b!, d!),
    ];
    return minItems === 4 ? list.map(corners) : list;
  }
  const min = limits.minimum ?? limits.exclusiveMinimum + 1e-3;
  if (type === 'integer') return fc.integer({ min, max: limits.maximum });
  return fc.double({ min, max: limits.maximum, noNaN: true });
}

test('whatever the schema admits works, on any size, and stays in the image', () => {
  const entries = fc.oneof(
    ...effects.map(({ name, parameters }) =>
      fc.record({
        effect: fc.constant(name),
        p: fc.constant(1),
        ...Object.fromEntries(
          Object.entries<ParameterSchema>(parameters).map(([key, schema]) => [key, values(schema)]),
        ),
      }),
    ),
  );
  fc.assert(
    fc.property(entries, fc.integer({ min: 1, max: 24 }), (entry, side) => {
      resolveConfig({ name: 'test', augment: { policy: [entry] } });
      const batch = new Uint8Array(side * side * 3 + 20).fill(90);
      const pixels = batch.subarray(10, batch.length - 10);
      createAugmenter([entry], side).apply(pixels, new Random(3));
      assert.ok([...batch.subarray(0, 10), ...batch.subarray(-10)].every((value) => value === 90));
    }),
    { numRuns: 150 },
  );
});

test('with the limit hardly an image comes out nearly white, black or grey', () => {
  const faces = Array.from({ length: 24 }, (_, k) =>
    drawPicture(makePerson(1, k), { seed: 1, picture: k, size }),
  );
  for (const policy of Object.keys(policies)) {
    const augmenter = createAugmenter(policy, size, { maxEffects: 3 });
    let lost = 0;
    for (let i = 0; i < 400; i++) {
      const pixels = faces[i % faces.length]!.slice();
      augmenter.apply(pixels, new Random(1, 'limit', i));
      const green = pixels.filter((_, k) => k % 3 === 1).sort();
      const spread = green[Math.floor(green.length * 0.95)]! - green[Math.floor(green.length * 0.05)]!;
      if (spread < 25 || mean(pixels) < 12 || mean(pixels) > 240) lost++;
    }
    assert.ok(lost <= 4, `${policy}: ${lost} of 400`);
  }
});

test('real photographs stay recognisable', async (t) => {
  const path = join(packageDir, '../shared/data/orl');
  if (!existsSync(path)) return t.skip('the ORL photographs are not here');
  const { train } = await loadDataset(settings({ source: 'facecom', path, image_size: 32 }), { seed: 1 });
  const augmenter = createAugmenter('facecom-weather', 32);
  // Correlation with the image or its mirror image.
  const likeness = (a: Uint8Array, b: Uint8Array) => {
    const [ma, mb] = [mean(a), mean(b)];
    let [ab, aa, bb] = [0, 1e-9, 1e-9];
    for (const [i, value] of a.entries()) {
      ab += (value - ma) * (b[i]! - mb);
      aa += (value - ma) ** 2;
      bb += (b[i]! - mb) ** 2;
    }
    return ab / Math.sqrt(aa * bb);
  };
  let lost = 0;
  for (let i = 0; i < train.size; i++) {
    const pixels = train.pixels(i).slice();
    augmenter.apply(pixels, new Random(1, 'augment', 0, i));
    const mirrored = apply([{ effect: 'horizontal_flip', p: 1 }], 0, 32, train.pixels(i).slice());
    if (Math.max(likeness(pixels, train.pixels(i)), likeness(pixels, mirrored)) < 0.4) lost++;
  }
  assert.ok(lost / train.size < 0.08, `${lost} of ${train.size} images are beyond recognition`);
});
