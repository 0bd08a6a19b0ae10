import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { content } from '../../../src/tracking/mlflow/artifacts.ts';
import { isLoggedImage, loggedImages } from '../../../src/tracking/mlflow/logged-images.ts';

const file = (path: string, at = path) => ({ path, file: at, size: 1, changed: 2 });
const shown = (...asked: Parameters<typeof loggedImages>) => loggedImages(...asked).filter(isLoggedImage);
const plain = (path: string) => path.replace(/[0-9a-f]{32}/, 'ID');

test('images are named as MLflow looks for them, in full and small; all else keeps away from them', () => {
  const found = loggedImages(
    ['a.png', 'images/test/mistakes.jpg', 'images/odd%+ü@7.PNG', 'images/notes.txt'].map((path) =>
      file(path),
    ),
    1234.5,
  ).map(({ path }) => plain(path));
  assert.deepEqual(found.slice(0, 4), [
    'a.png',
    'images/files/test/mistakes.jpg',
    'images/test~mistakes+step+0+timestamp+1234+ID.webp',
    'images/test~mistakes+step+0+timestamp+1234+ID+compressed.webp',
  ]);
  assert.match(found[5]!, /^images\/odd____?-[0-9a-f]{8}\+step\+7\+timestamp\+1234\+ID\.webp$/);
  assert.equal(found.at(-1), 'images/files/notes.txt');
  const many = loggedImages(
    Array.from({ length: 150 }, (_, i) => file(`images/${i}.png`)),
    0,
  );
  assert.equal(many.length, 150 + 2 * 100);
});

test('an image is sent as WebP, small too; one that cannot be read, as it is', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'facecom-images-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const png = join(folder, 'a.png');
  await sharp({ create: { width: 600, height: 300, channels: 3, background: '#336699' } }).toFile(png);
  const broken = join(folder, 'b.png');
  writeFileSync(broken, 'no image');
  const files = shown([file('images/a.png', png), file('images/b.png', broken)], 0);
  const sent = await Promise.all(
    files.map(async (one) => Buffer.from((await content(one)).body() as Uint8Array)),
  );
  const sizes = await Promise.all(sent.slice(0, 2).map((bytes) => sharp(bytes).metadata()));
  assert.deepEqual(
    sizes.map(({ format, width, height }) => [format, width, height]),
    [
      ['webp', 600, 300],
      ['webp', 256, 128],
    ],
  );
  assert.deepEqual(sent[2], readFileSync(broken));
});
