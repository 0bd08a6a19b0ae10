import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import sharp from 'sharp';
import { decodePicture } from '../../src/data/decode.ts';
import { readBmp } from '../../src/data/formats/bmp.ts';
import { readPnm } from '../../src/data/formats/pnm.ts';
import { readHead } from '../../src/data/head.ts';
import { temporaryFolder } from '../support/program.ts';

/** Left half red, right half blue, 32 × 16. */
const pixels = Buffer.from(
  Array.from({ length: 32 * 16 }, (_, i) => (i % 32 < 16 ? [200, 30, 20] : [10, 40, 220])).flat(),
);
const image = () => sharp(pixels, { raw: { width: 32, height: 16, channels: 3 } });

function bmp(bits: 24 | 32, topDown = false): Buffer {
  const stride = ((bits * 32 + 31) >> 5) * 4;
  const file = Buffer.alloc(54 + stride * 16);
  file.write('BM');
  file.writeUInt32LE(file.length, 2);
  file.writeUInt32LE(54, 10);
  file.writeUInt32LE(40, 14);
  file.writeInt32LE(32, 18);
  file.writeInt32LE(topDown ? -16 : 16, 22);
  file.writeUInt16LE(1, 26);
  file.writeUInt16LE(bits, 28);
  for (let y = 0; y < 16; y++)
    for (let x = 0; x < 32; x++)
      for (let c = 0; c < 3; c++)
        file[54 + stride * (topDown ? y : 15 - y) + (bits / 8) * x + 2 - c] = pixels[3 * (y * 32 + x) + c]!;
  return file;
}

const grey = Buffer.from(Array.from({ length: 32 * 16 }, (_, i) => (i % 32 < 16 ? 60 : 180)));
const wide = Buffer.from([...grey].flatMap((value) => [value, value]));

test('every format gives the same image, whatever the file is called', async (t) => {
  const folder = await temporaryFolder(t);
  const coloured: Record<string, Buffer> = {
    jpeg: await image().jpeg({ quality: 98, chromaSubsampling: '4:4:4' }).toBuffer(),
    cmyk: await image().toColourspace('cmyk').jpeg({ quality: 98 }).toBuffer(),
    png: await image().png().toBuffer(),
    'png, 16 bits': await image().toColourspace('rgb16').png().toBuffer(),
    'png with alpha': await image().ensureAlpha().png().toBuffer(),
    webp: await image().webp({ lossless: true }).toBuffer(),
    avif: await image().avif({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer(),
    gif: await image().gif().toBuffer(),
    tiff: await image().tiff().toBuffer(),
    bmp: bmp(24),
    'bmp, 32 bits': bmp(32),
    'bmp, top down': bmp(24, true),
    ppm: Buffer.concat([Buffer.from('P6\n# made by hand\n32 16\n255\n'), pixels]),
    'ppm as text': Buffer.from(`P3 32 16 255 ${[...pixels].join(' ')}`),
  };
  const greys: Record<string, Buffer> = {
    pgm: Buffer.concat([Buffer.from('P5 32 16 255\n'), grey]),
    'pgm, 16 bits': Buffer.concat([Buffer.from('P5 32 16 65535\n'), wide]),
    'png, grey': await sharp(grey, { raw: { width: 32, height: 16, channels: 1 } })
      .png()
      .toBuffer(),
    'png, grey and 16 bits': await sharp(grey, { raw: { width: 32, height: 16, channels: 1 } })
      .toColourspace('grey16')
      .png()
      .toBuffer(),
  };
  // Strong blue does not exist in print.
  const near = (found: Uint8Array, at: number, expected: number[], name: string) => {
    for (const [c, value] of expected.entries())
      assert.ok(
        Math.abs(found[at + c]! - value) <= (name === 'cmyk' ? 90 : 14),
        `${name}: ${found.subarray(at, at + 3)}`,
      );
  };
  for (const [name, bytes] of Object.entries({ ...coloured, ...greys })) {
    const file = join(folder, 'x.jpg');
    await writeFile(file, bytes);
    const head = await readHead(bytes);
    assert.ok(!('error' in head), `${name}: ${JSON.stringify(head)}`);
    assert.deepEqual([head.width, head.height], [32, 16], name);
    const found = await decodePicture(file, 16);
    assert.equal(found.length, 16 * 16 * 3);
    const colours =
      name in greys
        ? [
            [60, 60, 60],
            [180, 180, 180],
          ]
        : [
            [200, 30, 20],
            [10, 40, 220],
          ];
    near(found, 3 * (16 * 8 + 2), colours[0]!, name);
    near(found, 3 * (16 * 8 + 13), colours[1]!, name);
  }
});

test('stretched, cropped and padded to a square; upright by EXIF', async (t) => {
  const folder = await temporaryFolder(t);
  const file = join(folder, 'x.png');
  await writeFile(file, await image().png().toBuffer());
  const at = (found: Uint8Array, x: number, y: number) => [
    ...found.subarray(3 * (16 * y + x), 3 * (16 * y + x) + 3),
  ];
  const pad = await decodePicture(file, 16, 'pad');
  assert.deepEqual(at(pad, 8, 1), [0, 0, 0]);
  assert.deepEqual(at(pad, 2, 8), [200, 30, 20]);
  const crop = await decodePicture(file, 16, 'crop');
  assert.deepEqual(
    [at(crop, 1, 1), at(crop, 14, 14)],
    [
      [200, 30, 20],
      [10, 40, 220],
    ],
  );
  const stretch = await decodePicture(file, 16, 'stretch');
  assert.deepEqual(at(stretch, 1, 1), [200, 30, 20]);
  const turned = join(folder, 'turned.jpg');
  await image().withMetadata({ orientation: 6 }).jpeg({ quality: 98 }).toFile(turned);
  const up = await decodePicture(turned, 16);
  // Turned by a quarter: what was left is above.
  assert.ok(at(up, 8, 1)[0]! > 150 && at(up, 8, 14)[2]! > 150);
});

test('BMP and PNM readers: palettes, bitmaps, and damage is an error whatever the bytes', () => {
  const palette = Buffer.alloc(54 + 8 + 4 * 2);
  palette.write('BM');
  palette.writeUInt32LE(62, 10);
  palette.writeUInt32LE(40, 14);
  palette.writeInt32LE(3, 18);
  palette.writeInt32LE(2, 22);
  palette.writeUInt16LE(1, 28);
  palette.set([0, 0, 255, 0, 255, 255, 255, 0], 54);
  palette[62] = 0b01000000;
  palette[66] = 0b10100000;
  const { data } = readBmp(palette);
  assert.deepEqual([...data.subarray(0, 9)], [255, 255, 255, 255, 0, 0, 255, 255, 255]);
  assert.deepEqual([...data.subarray(9)], [255, 0, 0, 255, 255, 255, 255, 0, 0]);
  assert.deepEqual([...readPnm(Buffer.from('P1\n3 1\n101')).data], [0, 255, 0]);
  assert.deepEqual([...readPnm(Buffer.from([...Buffer.from('P4 3 1\n'), 0b01000000])).data], [255, 0, 255]);
  assert.deepEqual([...readPnm(Buffer.from('P2 2 1 4 0 4')).data], [0, 255]);
  for (const text of ['P5 2 2 255\nab', 'P2 2 1 4 0 9', 'P7 1 1 1 a', 'P5 0 3 255\n', 'P2 2 1 4 0'])
    assert.throws(() => readPnm(Buffer.from(text)));
  assert.throws(() => readBmp(bmp(24).subarray(0, 200)), /ends early/);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 120 }), fc.boolean(), (bytes, isBmp) => {
      const file = Buffer.concat([Buffer.from(isBmp ? 'BM' : 'P5'), bytes]);
      try {
        const { width, height, channels, data } = isBmp ? readBmp(file) : readPnm(file);
        return data.length === width * height * channels;
      } catch (error) {
        return error instanceof Error;
      }
    }),
    { numRuns: 500 },
  );
});

test('alpha is laid over black', async (t) => {
  const file = join(await temporaryFolder(t), 'x.png');
  for (const channels of [2, 4] as const) {
    const pixel = channels === 2 ? [200, 128] : [200, 100, 50, 128];
    const raw = Buffer.from(Array.from({ length: 64 }, () => pixel).flat());
    await sharp(raw, { raw: { width: 8, height: 8, channels } })
      .png()
      .toFile(file);
    const found = [...(await decodePicture(file, 4)).subarray(0, 3)];
    assert.deepEqual(found, channels === 2 ? [100, 100, 100] : [100, 50, 25]);
  }
});
