import assert from 'node:assert/strict';
import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { FacecomError } from '../../../src/base/errors.ts';
import { loadDataset, surveyDataset } from '../../../src/data/index.ts';
import { temporaryFolder } from '../../support/program.ts';
import { type Entry, people, settings, writeSet } from '../support/sets.ts';

async function failure(folder: string | undefined, load = false): Promise<FacecomError> {
  // A spec without a path is refused before it comes to this.
  const { path: _, ...rest } = settings({ source: 'facecom', path: 'x' });
  const data = { ...rest, ...(folder === undefined ? {} : { path: folder }) };
  try {
    if (load) await loadDataset(data, { seed: 1 });
    else await surveyDataset(data);
  } catch (error) {
    assert.ok(error instanceof FacecomError, String(error));
    assert.equal(error.exitCode, 2);
    return error;
  }
  throw new assert.AssertionError({ message: 'nothing was thrown' });
}

async function failureOf(
  t: TestContext,
  text: string,
  entries: Entry[] = people(2, 3),
): Promise<FacecomError> {
  return failure(await writeSet(await temporaryFolder(t), entries, text));
}

test('labels, names and pixels of a set', async (t) => {
  const folder = await writeSet(await temporaryFolder(t), people(3, 4));
  const dataset = await loadDataset(settings({ source: 'facecom', path: folder }), { seed: 1 });
  assert.deepEqual(dataset.identities, ['p0', 'p1', 'p2']);
  const names = [dataset.train, dataset.validation, dataset.test].flatMap((subset) => subset.names);
  assert.deepEqual(
    names.sort(),
    people(3, 4)
      .map((entry) => entry.filename)
      .sort(),
  );
  for (const subset of [dataset.train, dataset.validation, dataset.test])
    for (let i = 0; i < subset.size; i++) {
      const [, person, k] = /^p(\d)_(\d)/.exec(subset.names[i]!)!;
      const at = Number(person) * 4 + Number(k);
      assert.equal(subset.identity[i], Number(person));
      assert.equal(subset.gender[i], Number(person) % 2);
      const pixels = subset.pixels(i);
      assert.equal(pixels.length, 16 * 16 * 3);
      assert.deepEqual([...pixels.subarray(0, 3)], [(at * 37) % 256, (at * 91) % 256, (at * 11) % 256]);
    }
});

test('images may lie beside annotations.json, have numbers as person_id, and lack a label', async (t) => {
  const folder = await temporaryFolder(t);
  const entries: Entry[] = people(2, 4).map((entry, i) => ({
    ...entry,
    filename: `../${entry.filename}`.slice(3),
    person_id: i < 4 ? 7 : 12,
    gender: i === 0 ? null : entry.gender,
  }));
  entries.push({ filename: 'x.png', gender: 'Female' });
  await writeSet(folder, entries);
  const dataset = await loadDataset(settings({ source: 'facecom', path: folder }), { seed: 1 });
  assert.deepEqual(dataset.identities, ['12', '7']);
  assert.deepEqual(
    dataset.warnings.map((warning) => warning.code),
    ['data-missing-labels'],
  );
  const all = [dataset.train, dataset.validation, dataset.test];
  const find = (name: string) => {
    const subset = all.find((one) => one.names.includes(name))!;
    const i = subset.names.indexOf(name);
    return [subset.gender[i], subset.identity[i]];
  };
  assert.deepEqual(find('p0_0.png'), [-1, 1]);
  assert.deepEqual(find('x.png'), [1, -1]);
});

test('no path, a path that does not exist, a file, a folder without annotations.json', async (t) => {
  const folder = await temporaryFolder(t);
  assert.equal((await failure(undefined)).code, 'data-path-missing');
  const gone = await failure(join(folder, 'gone'));
  assert.equal(gone.code, 'data-path-missing');
  assert.match(gone.found!, /gone$/);
  await writeFile(join(folder, 'file'), '');
  assert.match((await failure(join(folder, 'file'))).message, /not a folder/);
  assert.equal((await failure(folder)).code, 'data-annotations-missing');
});

test('annotations.json that is not JSON is placed by line and column', async (t) => {
  const cases: [string, number, number][] = [
    ['[\n  {"filename": "a.png",}\n]', 2, 24],
    ['[\n  {"filename": "a.png"}\n  {"filename": "b.png"}\n]', 3, 3],
    ['[{"filename": "a.png"}', 1, 23],
    ['', 1, 1],
    ["[{'filename': 1}]", 1, 3],
    ['[1, 2] x', 1, 8],
  ];
  for (const [text, line, column] of cases) {
    const error = await failureOf(t, text);
    assert.equal(error.code, 'data-annotations-malformed', text);
    assert.deepEqual([error.place?.line, error.place?.column], [line, column], text);
    assert.match(error.place!.file!, /annotations\.json$/);
  }
  assert.match((await failureOf(t, '{"a": 1}')).message, /not a list/);
  assert.equal((await failureOf(t, '[]')).code, 'data-empty');
});

test('entries that are wrong are all named, the first with its place', async (t) => {
  const lines = people(2, 3).map((entry) => JSON.stringify(entry));
  const having = (at: number, entry: string) =>
    `[\n${lines.map((line, i) => (i === at ? entry : line)).join(',\n')}\n]`;
  const cases: [string, string, RegExp][] = [
    [
      '{"filename": "p0_1.png", "gender": "Woman", "person_id": "p0"}',
      'data-gender',
      /line 3: p0_1\.png: "Woman"/,
    ],
    ['{"filename": "p0_1.png", "gender": "male", "person_id": "p0"}', 'data-gender', /"male"/],
    [
      '{"filename": "lost.png", "gender": "Male", "person_id": "p0"}',
      'data-picture-missing',
      /line 3: lost\.png/,
    ],
    [
      '{"filename": "../secret.png", "gender": "Male", "person_id": "p0"}',
      'data-path-escape',
      /\.\.\/secret/,
    ],
    ['{"filename": "a/../../secret.png", "person_id": "p0"}', 'data-path-escape', /secret/],
    ['{"filename": "/etc/passwd", "gender": "Male", "person_id": "p0"}', 'data-path-escape', /passwd/],
    ['{"filename": "p0_0.png", "gender": "Male", "person_id": "p0"}', 'data-duplicate', /line 3: p0_0/],
    ['{"gender": "Male", "person_id": "p0"}', 'data-entry-malformed', /filename absent/],
    ['{"filename": 3, "person_id": "p0"}', 'data-entry-malformed', /filename 3/],
    ['{"filename": "p0_1.png", "person_id": ["p0"]}', 'data-entry-malformed', /person_id/],
    ['"p0_1.png"', 'data-entry-malformed', /"p0_1\.png"/],
  ];
  for (const [entry, code, found] of cases) {
    const error = await failureOf(t, having(1, entry));
    assert.equal(error.code, code, entry);
    assert.match(error.found!, found);
    assert.deepEqual([error.place?.line, error.place?.column], [3, 1], entry);
  }
  const many = await failureOf(
    t,
    JSON.stringify(people(2, 8).map((entry) => ({ ...entry, gender: 'x' }))),
    [],
  );
  assert.match(many.found!, /and 6 more$/);
});

test('a single identity cannot be recognised', async (t) => {
  const error = await failure(await writeSet(await temporaryFolder(t), people(1, 6)));
  assert.equal(error.code, 'data-single-identity');
  assert.match(error.found!, /all of "p0"/);
});

test('corrupt images are all named', async (t) => {
  const folder = await writeSet(await temporaryFolder(t), people(2, 4));
  await writeFile(join(folder, 'images', 'p0_1.png'), 'not an image');
  const one = await failure(folder, true);
  assert.equal(one.code, 'data-picture-corrupt');
  assert.match(one.place!.file!, /p0_1\.png$/);
  await writeFile(join(folder, 'images', 'p1_2.png'), '');
  const two = await failure(folder, true);
  assert.match(two.message, /^2 images/);
  assert.match(two.found!, /p0_1\.png.*p1_2\.png/);
});

test('a JPEG that ends early is corrupt, not grey below', async (t) => {
  const { default: sharp } = await import('sharp');
  const entries = people(2, 4);
  entries[0]!.filename = 'cut.jpg';
  const folder = await writeSet(await temporaryFolder(t), entries);
  const noise = await sharp({
    create: {
      width: 200,
      height: 200,
      channels: 3,
      background: '#888',
      noise: { type: 'gaussian', mean: 128, sigma: 40 },
    },
  })
    .jpeg()
    .toBuffer();
  await writeFile(join(folder, 'images', 'cut.jpg'), noise.subarray(0, noise.length >> 1));
  assert.equal((await failure(folder, true)).code, 'data-picture-corrupt');
});

test('the hash tells names, labels and bytes apart', async (t) => {
  const hashOf = async (entries: Entry[], change?: (folder: string) => Promise<void>) => {
    const folder = await writeSet(await temporaryFolder(t), entries);
    await change?.(folder);
    return (await surveyDataset(settings({ source: 'facecom', path: folder }))).hash;
  };
  const same = await hashOf(people(2, 3));
  assert.equal(await hashOf(people(2, 3)), same);
  const other = people(2, 3);
  other[0]!.gender = 'Female';
  const hashes = [
    same,
    await hashOf(other),
    await hashOf(people(2, 3).map((entry) => ({ ...entry, person_id: `${entry.person_id}x` }))),
    await hashOf(people(2, 3), async (folder) => {
      const { default: sharp } = await import('sharp');
      await sharp({ create: { width: 10, height: 12, channels: 3, background: '#123' } }).toFile(
        join(folder, 'images', 'p0_0.png'),
      );
    }),
  ];
  assert.equal(new Set(hashes).size, hashes.length);
});

test('an image that is a link is read', async (t) => {
  const folder = await writeSet(await temporaryFolder(t), people(2, 3));
  await symlink(join(folder, 'images', 'p0_0.png'), join(folder, 'images', 'link.png'));
  const entries = [...people(2, 3), { filename: 'link.png', gender: 'Male', person_id: 'p0' }];
  await writeFile(join(folder, 'annotations.json'), JSON.stringify(entries));
  const { warnings } = await surveyDataset(settings({ source: 'facecom', path: folder }));
  assert.deepEqual(
    warnings.map((warning) => warning.code),
    ['data-copies'],
  );
});
