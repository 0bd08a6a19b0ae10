import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import sharp from 'sharp';
import { Random } from '../../src/base/random.ts';
import { loadDataset } from '../../src/data/index.ts';
import { walk } from '../../src/data/walk.ts';
import { temporaryFolder } from '../support/program.ts';
import { people, settings, writeSet } from './support/sets.ts';
import { codes, counts, survey, writeTree } from './support/trees.ts';

const faces = ['a', 'b', 'c'].flatMap((name) => [0, 1, 2, 3].map((k) => `${name}/${name}${k}.jpg`));
const split = { train: 0.5, validation: 0.25, test: 0.25 };

async function tree(t: TestContext, more: Parameters<typeof writeTree>[1] = []): Promise<string> {
  return writeTree(await temporaryFolder(t), [...faces, ...more]);
}

const folders = (path: string, data: object = {}) => survey({ source: 'folders', path, split, ...data });

const noise = () =>
  sharp({
    create: {
      width: 60,
      height: 60,
      channels: 3,
      background: '#888',
      noise: { type: 'gaussian', mean: 128, sigma: 40 },
    },
  });

test('zero bytes, half a JPEG, text, SVG and a header of 50,000 × 50,000: named together before anything is decoded, or skipped', async (t) => {
  const path = await tree(t, [
    ['a/empty.jpg', ''],
    ['a/text.jpg', 'hello, this is no image'],
    ['b/drawing.jpg', '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'],
    ['b/page.svg', '<?xml version="1.0"?><svg/>'],
  ]);
  const png = await noise().png().toBuffer();
  png.writeUInt32BE(50_000, 16);
  png.writeUInt32BE(50_000, 20);
  await writeFile(join(path, 'c', 'huge.png'), png);
  const jpeg = await noise().jpeg().toBuffer();
  await writeFile(join(path, 'c', 'half.jpg'), jpeg.subarray(0, jpeg.length >> 1));
  await assert.rejects(folders(path), (error: { message: string; found: string; exitCode: number }) => {
    assert.equal(error.exitCode, 2);
    assert.match(error.message, /^6 images cannot be read/);
    for (const part of [
      /empty\.jpg: the file is empty/,
      /text\.jpg/,
      /drawing\.jpg: svg/,
      /page\.svg: svg/,
      /huge\.png: 50000 × 50000 pixels are too many/,
      /half\.jpg: the file ends early/,
    ])
      assert.match(error.found, part);
    return true;
  });
  const skipped = await folders(path, { on_error: 'skip' });
  assert.equal(skipped.collection.entries.length, faces.length);
  assert.match(
    skipped.warnings.find(({ code }) => code === 'data-skipped')!.message,
    /^6 of 18 .*empty\.jpg/,
  );
  assert.equal(skipped.collection.skipped, 6);
});

test('an image that ends early is found when it is decoded, and skipped from every side, from the cache too', async (t) => {
  const path = await tree(t);
  const whole = await noise().webp().toBuffer();
  await writeFile(join(path, 'a', 'a0.jpg'), whole.subarray(0, whole.length / 2));
  process.env.FACECOM_CACHE_DIR = join(path, '.cache');
  t.after(() => delete process.env.FACECOM_CACHE_DIR);
  const data = { source: 'folders', path, split, cache: true };
  await assert.rejects(loadDataset(settings(data), { seed: 1 }), { code: 'data-picture-corrupt' });
  for (const _ of ['decoded', 'from the cache']) {
    const dataset = await loadDataset(settings({ ...data, on_error: 'skip' }), { seed: 1 });
    assert.match(
      dataset.warnings.find(({ code }) => code === 'data-skipped')!.message,
      /^1 of 12 images .* is left out: a\/a0\.jpg: \w/,
    );
    const names = [dataset.train, dataset.validation, dataset.test].flatMap((side) => side.names);
    assert.deepEqual(names.sort(), faces.slice(1));
    assert.ok(codes(dataset).includes('data-skipped'));
  }
  await assert.rejects(loadDataset(settings(data), { seed: 1 }), {
    code: 'data-picture-corrupt',
    found: /a0\.jpg: \w/,
  });
});

test('a PNG with a flipped byte in its pixels, which a decoder would pass over, is named before anything is decoded', async (t) => {
  const path = await tree(t);
  const png = await noise().png().toBuffer();
  await writeFile(join(path, 'a', 'whole.png'), png);
  const flipped = Buffer.from(png);
  flipped[png.length >> 1]! ^= 1;
  await writeFile(join(path, 'a', 'flipped.png'), flipped);
  await writeFile(join(path, 'b', 'cut.png'), png.subarray(0, png.length - 20));
  await assert.rejects(folders(path), (error: { code: string; found: string }) => {
    assert.equal(error.code, 'data-picture-corrupt');
    assert.match(error.found, /a\/flipped\.png: the checksum of the chunk "IDAT" at byte \d+ is wrong/);
    assert.match(error.found, /b\/cut\.png/);
    assert.doesNotMatch(error.found, /whole/);
    return true;
  });
  const skipped = await folders(path, { on_error: 'skip' });
  assert.equal(skipped.collection.entries.length, faces.length + 1);
});

test('an identity with images of two genders is named, and one in test alone has no class', async (t) => {
  const path = await temporaryFolder(t);
  const one = await noise().jpeg().toBuffer();
  const other = (k: number) => Buffer.concat([one, Buffer.from([k])]);
  let k = 0;
  for (const folder of ['train/male/a', 'train/female/a', 'train/male/b', 'test/male/a', 'test/male/c']) {
    await mkdir(join(path, folder), { recursive: true });
    for (let i = 0; i < 2; i++) {
      await writeFile(join(path, folder, `${folder.replaceAll('/', '-')}${i}.jpg`), other(k));
      k++;
    }
  }
  const { warnings, identities } = await folders(path);
  assert.match(warnings.find(({ code }) => code === 'data-two-genders')!.message, /: a\.$/);
  assert.match(warnings.find(({ code }) => code === 'data-strangers')!.message, /not in training.*: c\./);
  assert.deepEqual(identities, ['a', 'b']);
});

test('images that are missing, empty, cut, folders or links in a circle are named at once', async (t) => {
  const entries = people(2, 4);
  const path = await writeSet(await temporaryFolder(t), entries, '');
  const images = join(path, 'images');
  const whole = await noise().jpeg().toBuffer();
  const bad = ['gone.jpg', 'empty.jpg', 'cut.jpg', 'folder.jpg', 'loop.jpg'];
  await writeFile(join(images, 'empty.jpg'), '');
  await writeFile(join(images, 'cut.jpg'), whole.subarray(0, whole.length / 2));
  await mkdir(join(images, 'folder.jpg'));
  await symlink('loop.jpg', join(images, 'loop.jpg'));
  const more = bad.map((filename) => ({ filename, gender: 'Male', person_id: 'p0' }));
  await writeFile(join(path, 'annotations.json'), JSON.stringify([...entries, ...more]));
  await assert.rejects(survey({ source: 'facecom', path }), (error: { code: string; found: string }) => {
    assert.equal(error.code, 'data-picture-missing');
    for (const name of bad) assert.ok(error.found.includes(name), `${name} in ${error.found}`);
    return true;
  });
});

test('links out of the folder, to nothing and round in a circle; pipes', async (t) => {
  const path = await tree(t);
  const outside = join(await temporaryFolder(t), 'x.jpg');
  await writeFile(outside, 'x');
  await symlink('.', join(path, 'a', 'self'));
  await symlink('a0.jpg', join(path, 'a', 'again.jpg'));
  const found = await walk(path);
  assert.deepEqual(found.pictures, faces, 'each real file once');
  await symlink(outside, join(path, 'a', 'link.jpg'));
  await assert.rejects(folders(path), { code: 'data-path-escape', found: 'a/link.jpg' });
  const other = await tree(t);
  execFileSync('mkfifo', [join(other, 'b', 'pipe.jpg')]);
  await assert.rejects(folders(other), { code: 'data-picture-special', found: 'b/pipe.jpg' });
  const set = await writeSet(await temporaryFolder(t), people(2, 3), '');
  execFileSync('mkfifo', [join(set, 'labels.csv')]);
  await assert.rejects(survey({ source: 'csv', path: set }), {
    code: 'data-file-missing',
    found: 'no regular file',
  });
});

test('identities whose names differ in case, Unicode form or spaces', async (t) => {
  const entries = people(4, 4).map((entry) => ({
    ...entry,
    person_id: { p0: 'Zoe\u0308', p1: 'Zo\u00eb', p2: '7', p3: '7 ' }[entry.person_id as string],
  }));
  const united = await survey({ source: 'facecom', path: await writeSet(await temporaryFolder(t), entries) });
  assert.deepEqual(united.identities, ['7', 'Zo\u00eb']);
  assert.ok(codes(united).includes('data-people-united'));
  // Two identities of two genders have become one.
  assert.ok(codes(united).includes('data-two-genders'));
  const alike = await folders(
    await tree(t, ['Ann/1.jpg', 'Ann/2.jpg', 'Ann/3.jpg', 'ann/1.jpg', 'ann/2.jpg', 'ann/3.jpg']),
  );
  assert.match(alike.warnings.find(({ code }) => code === 'data-people-alike')!.message, /Ann and ann/);
});

test('a file under a near name is found or named', async (t) => {
  const folder = await writeSet(await temporaryFolder(t), [
    ...people(2, 3),
    { filename: 'Zoe\u0308.png', person_id: 'p0' },
    { filename: 'Foo.JPG.png', person_id: 'p0' },
  ]);
  const listing = (filename: string) =>
    writeFile(
      join(folder, 'annotations.json'),
      JSON.stringify([...people(2, 3), { filename, person_id: 'p0' }]),
    );
  await listing('Zo\u00eb.png');
  assert.equal((await survey({ source: 'facecom', path: folder })).collection.entries.length, 7);
  for (const [named, there] of [
    ['foo.jpg.png', /there is Foo\.JPG\.png/],
    ['P0_0.PNG', /there is p0_0\.png/],
    ['p0_0.jpg', /there is p0_0\.png/],
  ] as const) {
    await listing(named);
    await assert.rejects(survey({ source: 'facecom', path: folder }), {
      code: 'data-picture-missing',
      found: there,
    });
  }
});

test('annotations that are not UTF-8, nested without end or with a name of megabytes', async (t) => {
  const folder = await writeSet(await temporaryFolder(t), people(2, 3));
  const put = (bytes: Buffer | string) => writeFile(join(folder, 'annotations.json'), bytes);
  const failed = (code: string, more: object = {}) =>
    assert.rejects(survey({ source: 'facecom', path: folder }), { code, exitCode: 2, ...more });
  await put(Buffer.from('[\n  {"filename": "Zo\xeb.png"}]', 'latin1'));
  await failed('data-encoding', { place: { file: join(folder, 'annotations.json'), line: 2, column: 19 } });
  await put(Buffer.from('\ufeff[]', 'utf16le'));
  await failed('data-encoding', { found: /UTF-16/ });
  await put('['.repeat(100_000) + ']'.repeat(100_000));
  await failed('data-entry-malformed');
  await put(JSON.stringify(people(1, 3).map((entry) => ({ ...entry, person_id: 'x'.repeat(5_000_000) }))));
  await assert.rejects(
    survey({ source: 'facecom', path: folder }),
    (error: { code: string; found: string }) => {
      assert.equal(error.code, 'data-single-identity');
      assert.ok(error.found.length < 200);
      return true;
    },
  );
});

test('one image for an identity, an empty distortion folder, what file managers leave', async (t) => {
  const path = await tree(t, [
    'd/only.jpg',
    '__MACOSX/d/only.jpg',
    ['d/Thumbs.db', 'x'],
    ['.DS_Store', 'x'],
    ['d/._only.jpg', 'x'],
  ]);
  await mkdir(join(path, 'd', 'distortion'));
  const found = await folders(path);
  assert.equal(found.collection.entries.length, faces.length + 1);
  assert.ok(found.split.train.some((i) => found.collection.entries[i]!.person === 'd'));
});

test('labels missing: of one task they are skipped, of both nothing can be learnt; one class is refused', async (t) => {
  const gender = people(2, 4).map(({ filename, gender }) => ({ filename, gender }));
  const alone = await survey({ source: 'facecom', path: await writeSet(await temporaryFolder(t), gender) });
  assert.deepEqual(alone.identities, []);
  assert.deepEqual(counts(alone).train!.slice(1, 2), [0]);
  const none = gender.map(({ filename }) => ({ filename }));
  await assert.rejects(survey({ source: 'facecom', path: await writeSet(await temporaryFolder(t), none) }), {
    code: 'data-no-labels',
  });
  const path = await writeTree(await temporaryFolder(t), [
    'a/1.jpg',
    'a/2.jpg',
    'a/3.jpg',
    'a/4.jpg',
    'a/5.jpg',
  ]);
  await assert.rejects(folders(path), { code: 'data-single-identity' });
});

test('versions and copies on two sides of a given split are an error that names them', async (t) => {
  const rows = ['filename,person_id,split'];
  const files: string[] = [];
  for (const person of ['p', 'q'])
    for (const [k, side] of ['train', 'train', 'val', 'test'].entries()) {
      files.push(`${person}${k}.png`, `${person}${k}_foggy.png`);
      rows.push(`${person}${k}.png,${person},${side}`, `${person}${k}_foggy.png,${person},${side}`);
    }
  const write = async (text: string) => writeTree(await temporaryFolder(t), [...files, ['labels.csv', text]]);
  const whole = await survey({ source: 'csv', path: await write(rows.join('\n')) });
  assert.deepEqual(counts(whole).train, [8, 2, 0, 0, 4]);
  const leaking = rows.join('\n').replace('p2_foggy.png,p,val', 'p2_foggy.png,p,train');
  await assert.rejects(survey({ source: 'csv', path: await write(leaking) }), {
    code: 'data-leak',
    found: /p2\.png \(validation\) and p2_foggy\.png \(train\)/,
  });
});

test('images that look alike stay on one side where the spec asks for it', async (t) => {
  const path = await temporaryFolder(t);
  const texture = (k: number) => {
    const random = new Random(k, 'texture');
    const pixels = Uint8Array.from({ length: 64 }, () => random.integer(0, 255));
    return sharp(pixels, { raw: { width: 8, height: 8, channels: 1 } }).resize(64, 64, { kernel: 'cubic' });
  };
  for (const person of ['a', 'b', 'c']) {
    await mkdir(join(path, person));
    for (let k = 0; k < 4; k++) {
      const one = texture(k + 10 * person.charCodeAt(0));
      await one
        .clone()
        .png()
        .toFile(join(path, person, `x${k}.png`));
      await one
        .clone()
        .jpeg({ quality: 70 })
        .toFile(join(path, person, `other${k}.jpg`));
    }
  }
  const found = await folders(path, { split: { ...split, near_duplicates: true } });
  const { entries } = found.collection;
  const look = (name: string) =>
    entries.find((entry) => entry.name === name)!.groups.find((group) => group.startsWith('look'));
  for (const person of ['a', 'b', 'c'])
    for (let k = 0; k < 4; k++) {
      assert.ok(look(`${person}/x${k}.png`), `${person}${k}`);
      assert.equal(look(`${person}/x${k}.png`), look(`${person}/other${k}.jpg`));
    }
  assert.equal(new Set(entries.map(({ name }) => look(name))).size, 12);
  const sideOf = new Map(
    Object.entries(found.split).flatMap(([side, list]) => list.map((i) => [entries[i]!.name, side])),
  );
  assert.equal(sideOf.get('a/x0.png'), sideOf.get('a/other0.jpg'));
});

test('a file that is cut after it was looked at', async (t) => {
  const path = await tree(t);
  await truncate(join(path, 'a', 'a0.jpg'), 12);
  await assert.rejects(loadDataset(settings({ source: 'folders', path, split }), { seed: 1 }), {
    code: 'data-picture-corrupt',
    found: /a0\.jpg/,
  });
});
