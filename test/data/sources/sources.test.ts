import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadDataset, loadScoring } from '../../../src/data/index.ts';
import { packageDir, temporaryFolder } from '../../support/program.ts';
import { people, settings, writeSet } from '../support/sets.ts';
import { codes, counts, survey, writeTree } from '../support/trees.ts';

/** So many images of each identity. */
const of = (folders: string[], each = 4, ending = 'jpg') =>
  folders.flatMap((folder) =>
    Array.from({ length: each }, (_, k) => `${folder}/${folder.split('/').at(-1)}_${k}.${ending}`),
  );

const halves = { train: 0.5, validation: 0.25, test: 0.25 };

test('folders: one an identity, with a gender above, with sides, with versions', async (t) => {
  const plain = await survey({
    source: 'folders',
    path: await writeTree(await temporaryFolder(t), of(['ann', 'ben', 'Carla Díaz'])),
    split: halves,
  });
  assert.deepEqual(plain.identities, ['Carla Díaz', 'ann', 'ben']);
  assert.deepEqual(counts(plain).train!.slice(0, 2), [6, 3]);
  assert.ok(codes(plain).includes('data-missing-labels'));

  const faces94 = await survey({
    source: 'folders',
    path: await writeTree(
      await temporaryFolder(t),
      of(['female/9336923', 'male/asamma', 'malestaff/voudcx']),
    ),
    genders: { male: ['male', 'malestaff'], female: ['female'] },
    split: halves,
  });
  assert.deepEqual(faces94.identities, ['9336923', 'asamma', 'voudcx']);
  assert.deepEqual(
    faces94.collection.entries.map(({ gender }) => gender),
    [1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0],
  );

  const sides = await survey({
    source: 'folders',
    path: await writeTree(await temporaryFolder(t), [
      ...of(['Train/a', 'Train/b', 'val/a', 'val/b', 'test/a']),
      'test/c/distorted/x.jpg',
      'test/c/x.jpg',
    ]),
  });
  assert.deepEqual(counts(sides), {
    train: [8, 2, 0, 0, 0],
    validation: [8, 2, 0, 0, 0],
    test: [6, 2, 0, 0, 1],
  });
  assert.ok(codes(sides).includes('data-strangers'), 'an identity only in test is named');
  assert.match(sides.warnings.find(({ code }) => code === 'data-strangers')!.message, /: c\.$/);
});

test('folders: genders from a table, by identity or by image, and never guessed', async (t) => {
  const folder = await writeTree(await temporaryFolder(t), [
    ...of(['ann', 'ben']),
    ['by-person.csv', 'person_id;gender\nann;F\nben;M\n'],
    ['by-picture.csv', 'filename,sex\nann/ann_0.jpg,woman\n'],
  ]);
  const base = { source: 'folders', path: folder, split: halves };
  const spelled = { genders: { male: ['M'], female: ['F', 'woman'] } };
  const byPerson = await survey({ ...base, ...spelled, file: 'by-person.csv', delimiter: ';' });
  assert.deepEqual(counts(byPerson).train!.slice(0, 4), [4, 2, 2, 2]);
  const byPicture = await survey({ ...base, ...spelled, file: 'by-picture.csv', columns: { gender: 'sex' } });
  assert.deepEqual(
    byPicture.collection.entries.map(({ gender }) => gender),
    [1, -1, -1, -1, -1, -1, -1, -1],
  );
  await assert.rejects(survey({ ...base, file: 'by-person.csv', delimiter: ';' }), {
    code: 'data-gender',
    found: '"F" (1), "M" (1)',
    remedy: /data\.genders/,
  });
});

test('csv and jsonl: columns and spellings as the spec names them, the split of a column is kept', async (t) => {
  const csv = [
    'path,label,who,part',
    ...[0, 1, 2, 3].flatMap((k) => [
      `img/a${k}.png,m,Zoë,${['train', 'train', 'val', 'test'][k]}`,
      `"img/b, ${k}.png",f,7,${['train', 'train', 'val', 'test'][k]}`,
    ]),
  ];
  const pictures = [0, 1, 2, 3].flatMap((k) => [`img/a${k}.png`, `img/b, ${k}.png`]);
  const columns = { image: 'path', gender: 'label', identity: 'who', split: 'part' };
  const common = { columns, genders: { male: ['m'], female: ['f'] } };
  const path = await writeTree(await temporaryFolder(t), [
    ...pictures,
    ['labels.csv', `\ufeff${csv.join('\r\n')}\r\n`],
  ]);
  const table = await survey({ source: 'csv', path, ...common });
  assert.deepEqual(table.identities, ['7', 'Zoë']);
  assert.deepEqual(counts(table), {
    train: [4, 2, 2, 2, 0],
    validation: [2, 2, 1, 1, 0],
    test: [2, 2, 1, 1, 0],
  });

  const lines = csv.slice(1).map((line) => {
    const [, image, gender, who, part] = /^"?(.*?)"?,([mf]),(.*?),(.*)$/.exec(line)!;
    return JSON.stringify({ path: image, label: gender, who: who === '7' ? 7 : who, part });
  });
  const other = await writeTree(await temporaryFolder(t), [...pictures, ['labels.jsonl', lines.join('\n')]]);
  assert.deepEqual(counts(await survey({ source: 'jsonl', path: other, ...common })), counts(table));

  await assert.rejects(survey({ source: 'csv', path, genders: common.genders }), {
    code: 'data-columns',
    found: 'columns path, label, who, part',
  });
  await writeFile(join(path, 'labels.csv'), 'filename\na.png,b\n');
  await assert.rejects(survey({ source: 'csv', path }), { code: 'data-table' });
  await writeFile(join(path, 'labels.csv'), 'filename,split\nimg/a0.png,holdout\n');
  await assert.rejects(survey({ source: 'csv', path }), { code: 'data-side', found: /"holdout"/ });
  await writeFile(join(path, 'labels.csv'), 'filename\n../secret.png\n');
  await assert.rejects(survey({ source: 'csv', path }), { code: 'data-path-escape' });
  await writeFile(join(path, 'labels.csv'), 'filename\nimg\\A0.PNG\n');
  await assert.rejects(survey({ source: 'csv', path }), {
    code: 'data-picture-missing',
    found: /there is img\/a0\.png/,
  });
  await writeFile(join(path, 'labels.csv'), 'filename\nimg/a0.png\nimg/a1.png\n');
  await assert.rejects(survey({ source: 'csv', path }), { code: 'data-no-labels' });
});

test('pairs: LFW’s list, a table of pairs, and their mistakes', async (t) => {
  const folder = await writeTree(await temporaryFolder(t), [
    ...['Ann_Lee', 'Bo', 'Cy'].flatMap((name) => [1, 2, 3].map((k) => `${name}/${name}_000${k}.jpg`)),
    ['pairs.txt', '2\t1\nAnn_Lee\t1\t2\nBo\t1\tCy\t2\nBo\t2\t3\nAnn_Lee\t3\tCy\t1\n'],
    ['pairs.csv', 'left,right,same\nBo/Bo_0001.jpg,Bo/Bo_0002.jpg,1\nBo/Bo_0001.jpg,Cy/Cy_0001.jpg,0\n'],
  ]);
  const scoring = (data: object) =>
    loadScoring(settings({ source: 'pairs', path: folder, ...data }), { identities: [], trainedOn: '' });
  const { subset, people: names } = await scoring({});
  assert.deepEqual(names, ['Ann_Lee', 'Bo', 'Cy']);
  assert.deepEqual(
    subset.pairs!.map(({ left, right, same, fold }) => [subset.names[left], subset.names[right], same, fold]),
    [
      ['Ann_Lee/Ann_Lee_0001.jpg', 'Ann_Lee/Ann_Lee_0002.jpg', true, 0],
      ['Bo/Bo_0001.jpg', 'Cy/Cy_0002.jpg', false, 0],
      ['Bo/Bo_0002.jpg', 'Bo/Bo_0003.jpg', true, 1],
      ['Ann_Lee/Ann_Lee_0003.jpg', 'Cy/Cy_0001.jpg', false, 1],
    ],
  );
  assert.equal((await scoring({ pairs: 'pairs.csv' })).subset.pairs!.length, 2);
  // The pairs of folders: images of no pair are there, too.
  const whole = await survey({ source: 'folders', path: folder, pairs: 'pairs.txt', split: halves });
  assert.deepEqual([whole.collection.entries.length, whole.collection.pairs!.length], [9, 4]);

  for (const [name, text, code] of [
    ['a.txt', '2\t1\nBo\t1\t2\n', 'data-pair'],
    ['b.txt', '1\nBo\tx\t2\nBo\t1\tCy\t1\n', 'data-pair'],
    ['c.txt', '1\nBo\t1\t9\nBo\t1\tCy\t1\n', 'data-picture-missing'],
    ['d.csv', 'left,right,same\na.jpg,b.jpg,yes\n', 'data-pair'],
    ['e.csv', 'left,right,same\n../a.jpg,b.jpg,1\n', 'data-path-escape'],
    ['f.csv', 'left,right,same\n', 'data-empty'],
    ['gone.csv', undefined, 'data-file-missing'],
  ] as const) {
    if (text !== undefined) await writeFile(join(folder, name), text);
    await assert.rejects(scoring({ pairs: name }), { code }, name);
  }
});

test('auto takes a folder for what it is, and notes it', async (t) => {
  const trees: [string, Parameters<typeof writeTree>[1]][] = [
    ['folders', of(['ann', 'ben'])],
    ['folders', of(['train/ann', 'train/ben', 'val/ann', 'val/ben'])],
    [
      'competition',
      [...of(['Task_B/train/a', 'Task_B/train/b', 'Task_B/train/c', 'Task_B/val/d', 'Task_B/val/e'])],
    ],
    [
      'competition',
      ['train', 'val'].flatMap((side) =>
        ['male', 'female'].flatMap((sex) => [0, 1, 2].map((k) => `x/${side}/${sex}/${side}${sex}${k}.jpg`)),
      ),
    ],
    [
      'csv',
      [
        'img/a.png',
        'img/b.png',
        'img/c.png',
        'img/d.png',
        'img/e.png',
        'img/f.png',
        [
          'l.csv',
          'filename,person_id\nimg/a.png,1\nimg/b.png,1\nimg/c.png,1\nimg/d.png,2\nimg/e.png,2\nimg/f.png,2\n',
        ],
      ],
    ],
    [
      'jsonl',
      [
        'a.png',
        'b.png',
        'c.png',
        'd.png',
        [
          'l.jsonl',
          ['a', 'b', 'c', 'd']
            .map((n, i) => JSON.stringify({ filename: `${n}.png`, person_id: i % 2 }))
            .join('\n'),
        ],
      ],
    ],
  ];
  for (const [kind, files] of trees) {
    const path = await writeTree(await temporaryFolder(t), files);
    const found = await survey({ source: 'auto', path, split: { train: 1, validation: 0, test: 0 } });
    assert.match(found.collection.notes![0]!, new RegExp(`auto: ${kind}, for `), files[0] as string);
  }
  const facecom = await writeSet(await temporaryFolder(t), people(2, 4));
  const same = await survey({ source: 'facecom', path: facecom });
  const auto = await survey({ source: 'auto', path: facecom });
  assert.equal(auto.hash, same.hash);
  assert.equal((await survey({ source: 'annotations', path: facecom })).hash, same.hash);
  const listed = await writeTree(await temporaryFolder(t), [
    ...of(['ann', 'ben']),
    ['pairs.csv', 'left,right,same\nann/ann_0.jpg,ann/ann_1.jpg,1\nann/ann_0.jpg,ben/ben_0.jpg,0\n'],
  ]);
  const withPairs = await survey({ source: 'auto', path: listed, split: halves });
  assert.match(withPairs.collection.notes![0]!, /auto: folders.*pairs of pairs\.csv/);
  assert.equal(withPairs.collection.pairs!.length, 2);
  const only = await writeTree(await temporaryFolder(t), [
    'a.jpg',
    'b.jpg',
    ['pairs.csv', 'left,right,same\na.jpg,b.jpg,1\n'],
  ]);
  const scored = await loadScoring(settings({ source: 'auto', path: only }), {
    identities: [],
    trainedOn: '',
  });
  assert.equal(scored.subset.pairs!.length, 1);
  const loose = await writeTree(await temporaryFolder(t), ['a.jpg', 'b.jpg']);
  await assert.rejects(survey({ source: 'auto', path: loose }), { code: 'data-layout' });
  await assert.rejects(survey({ source: 'auto', path: await temporaryFolder(t) }), { code: 'data-empty' });
});

test('auto: genders between sides and identities are no Task A, a table of genders is read, pairs within one folder are pairs', async (t) => {
  const nested = await survey({
    source: 'auto',
    path: await writeTree(
      await temporaryFolder(t),
      ['train', 'val', 'test'].flatMap((side) => of([`${side}/male/ben`, `${side}/female/ann`], 2)),
    ),
  });
  assert.match(nested.collection.notes![0]!, /auto: folders/);
  assert.deepEqual(counts(nested).train, [4, 2, 2, 2, 0]);
  const table = await survey({
    source: 'auto',
    path: await writeTree(await temporaryFolder(t), [
      ...of(['ann', 'ben']),
      ['genders.csv', 'person_id,gender\nann,Female\nben,Male\n'],
    ]),
    split: halves,
  });
  assert.match(table.collection.notes![0]!, /auto: folders.*; genders of genders\.csv$/);
  assert.deepEqual(
    table.collection.entries.map(({ gender }) => gender),
    [1, 1, 1, 1, 0, 0, 0, 0],
  );
  const pairs = 'left,right,same\nall/a.jpg,all/b.jpg,1\nall/a.jpg,all/c.jpg,0\n';
  const path = await writeTree(await temporaryFolder(t), [
    'all/a.jpg',
    'all/b.jpg',
    'all/c.jpg',
    ['pairs.csv', pairs],
  ]);
  const { subset } = await loadScoring(settings({ source: 'auto', path }), { identities: [], trainedOn: '' });
  assert.deepEqual([subset.size, subset.pairs!.length], [3, 2]);
  await assert.rejects(survey({ source: 'auto', path }), {
    code: 'data-no-labels',
    remedy: /facecom evaluate/,
  });
});

test('several: prefixes keep equal names apart, without them an identity is one', async (t) => {
  const [a, b] = [
    await writeTree(await temporaryFolder(t), of(['ann', 'ben'])),
    await writeSet(
      await temporaryFolder(t),
      people(2, 4).map((entry) => ({ ...entry, person_id: entry.person_id === 'p0' ? 'ann' : 'dan' })),
    ),
  ];
  const both = (prefixes: [string, string]) =>
    survey({
      source: 'several',
      sources: [
        { source: 'folders', path: a, prefix: prefixes[0] },
        { source: 'facecom', path: b, prefix: prefixes[1] },
      ],
    });
  assert.deepEqual((await both(['', ''])).identities, ['ann', 'ben', 'dan']);
  const apart = await both(['x/', 'y/']);
  assert.deepEqual(apart.identities, ['x/ann', 'x/ben', 'y/ann', 'y/dan']);
  assert.equal(apart.collection.entries[0]!.name, 'x/ann/ann_0.jpg');
  await assert.rejects(
    survey({
      source: 'several',
      sources: [
        { source: 'folders', path: a },
        { source: 'folders', path: a },
      ],
    }),
    {
      code: 'data-duplicate',
      remedy: /prefixes/,
    },
  );
  await assert.rejects(survey({ source: 'several' }), { code: 'data-sources' });
});

test('k-fold: each image is in test once, and folds that do not fit are refused', async (t) => {
  const path = await writeTree(await temporaryFolder(t), of(['a', 'b', 'c', 'd', 'e', 'f'], 6));
  for (const by of ['image', 'identity']) {
    const seen: number[] = [];
    for (let fold = 0; fold < 3; fold++) {
      const { split } = await survey({ source: 'folders', path, split: { by, folds: 3, fold } });
      assert.equal(split.train.length + split.validation.length + split.test.length, 36);
      assert.ok(split.test.length >= 6);
      seen.push(...split.test);
    }
    assert.deepEqual(
      seen.sort((x, y) => x - y),
      Array.from({ length: 36 }, (_, i) => i),
    );
  }
  for (const split of [{ folds: 2 }, { folds: 3, fold: 3 }])
    await assert.rejects(survey({ source: 'folders', path, split }), { code: 'data-split' });
});

test('stratified by gender: each side of a split by identity gets its share of women', async (t) => {
  const women = Array.from({ length: 10 }, (_, i) => `female/w${i}`);
  const men = Array.from({ length: 30 }, (_, i) => `male/m${i}`);
  const path = await writeTree(await temporaryFolder(t), of([...women, ...men], 2));
  const found = await survey({
    source: 'folders',
    path,
    split: { by: 'identity', train: 0.6, validation: 0.2, test: 0.2, stratify: 'gender' },
  });
  const sides = counts(found);
  assert.deepEqual([sides.train![3], sides.validation![3], sides.test![3]], [12, 4, 4]);
});

test('real photographs as folders: the same identities and images as by annotations.json', async (t) => {
  const path = join(packageDir, '../shared/data/orl');
  if (!existsSync(path)) return t.skip('the ORL photographs are not here');
  const dataset = await loadDataset(settings({ source: 'auto', path, image_size: 32, fit: 'crop' }), {
    seed: 1,
  });
  assert.equal(dataset.identities.length, 40);
  assert.equal(dataset.train.conditions!.filter(Boolean).length, 0);
});
