import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import sharp from 'sharp';
import { alignFolder } from '../../../src/data/index.ts';
import { type Point, similarity } from '../../../src/data/make/similarity.ts';
import { temporaryFolder } from '../../support/program.ts';

const template: Point[] = [
  [38.2946, 51.6963],
  [73.5318, 51.5014],
  [56.0252, 71.7366],
  [41.5493, 92.3655],
  [70.7299, 92.2041],
];

test('the similarity that made points is found again', () => {
  const number = fc.double({ min: -3, max: 3, noNaN: true });
  fc.assert(
    fc.property(number, number, number, number, (a, b, x, y) => {
      fc.pre(Math.hypot(a, b) > 0.1);
      const to = template.map(([px, py]): Point => [a * px - b * py + x, b * px + a * py + y]);
      const found = similarity(template, to);
      for (const [name, value] of Object.entries({ a, b, x, y }))
        assert.ok(Math.abs(found[name as 'a'] - value) < 1e-9, name);
    }),
  );
});

/** A grey image with a white disc at each point. */
async function drawn(file: string, points: readonly Point[], size: number): Promise<void> {
  const pixels = new Uint8Array(size * size * 3).fill(90);
  for (const [x, y] of points)
    for (let i = Math.floor(y) - 8; i <= y + 8; i++)
      for (let k = Math.floor(x) - 8; k <= x + 8; k++)
        if (Math.hypot(k - x, i - y) < 7 && i >= 0 && k >= 0 && i < size && k < size)
          pixels.fill(255, 3 * (i * size + k), 3 * (i * size + k) + 3);
  await sharp(pixels, { raw: { width: size, height: size, channels: 3 } })
    .png()
    .toFile(file);
}

test('faces that are turned, large and off the middle come out with eyes, nose and mouth where ArcFace expects them', async (t) => {
  const folder = await temporaryFolder(t);
  await mkdir(join(folder, 'in', 'ann'), { recursive: true });
  const [angle, scale] = [0.5, 3.2];
  const [a, b] = [scale * Math.cos(angle), scale * Math.sin(angle)];
  const points = template.map(([x, y]): Point => [a * x - b * y + 210, b * x + a * y + 40]);
  await drawn(join(folder, 'in', 'ann', '1.png'), points, 600);
  await drawn(join(folder, 'in', 'ann', '2.png'), points, 600);
  await writeFile(join(folder, 'in', 'labels.csv'), 'filename,person_id\nann/1.png,ann\n');
  const landmarks = join(folder, 'landmarks.csv');
  const head = 'file,lx,ly,rx,ry,nx,ny,mlx,mly,mrx,mry';
  await writeFile(
    landmarks,
    `${head}\nann/1.png,${points.flat().join(',')}\nann/9.png,${points.flat().join(',')}\n`,
  );
  const found = await alignFolder(join(folder, 'in'), join(folder, 'out'), { landmarks, size: 112 });
  assert.deepEqual([found.pictures, found.without, found.strange], [1, 1, ['ann/9.png']]);
  assert.ok(
    existsSync(join(folder, 'out', 'labels.csv')) && !existsSync(join(folder, 'out', 'ann', '2.png')),
  );
  const { data, info } = await sharp(join(folder, 'out', 'ann', '1.png'))
    .raw()
    .toBuffer({ resolveWithObject: true });
  assert.deepEqual([info.width, info.height], [112, 112]);
  const at = (x: number, y: number) => data[3 * (Math.round(y) * 112 + Math.round(x))]!;
  for (const [x, y] of template) {
    assert.ok(at(x, y) > 240, `${x} ${y}: ${at(x, y)}`);
    for (const [dx, dy] of [
      [4, 0],
      [-4, 0],
      [0, 4],
      [0, -4],
    ] as const)
      assert.ok(at(x + dx, y + dy) < 140, `beside ${x} ${y}`);
  }
  for (const [text, code] of [
    ['file,x\na,1\n', 'data-landmarks'],
    [`${head}\nann/1.png,${[...points.flat().slice(1), 'x'].join(',')}\n`, 'data-landmarks'],
    [`${head}\nother.png,${points.flat().join(',')}\n`, 'data-landmarks'],
  ] as const) {
    await writeFile(landmarks, text);
    await assert.rejects(alignFolder(join(folder, 'in'), join(folder, 'x'), { landmarks, size: 112 }), {
      code,
    });
  }
  assert.match(await readFile(join(folder, 'out', 'labels.csv'), 'utf8'), /ann\/1/);
});
