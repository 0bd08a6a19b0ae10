import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { temporaryFolder } from '../../support/program.ts';
import { codes, counts, survey, writeTree } from '../support/trees.ts';

const seven = ['blurred', 'foggy', 'lowlight', 'noisy', 'rainy', 'resized', 'sunny'];

/** Identities of a side: clean images by stem, genders; all as the organisers' folders have it. */
interface Person {
  id: string;
  gender: 'male' | 'female';
  stems: string[];
}

const train: Person[] = [
  { id: '001_frontal', gender: 'male', stems: ['001_frontal'] },
  { id: '002_frontal', gender: 'female', stems: ['002_frontal'] },
  { id: '003_frontal', gender: 'male', stems: ['003_frontal'] },
  { id: 'Oprah_Winfrey', gender: 'female', stems: ['Oprah_Winfrey_0001', 'Oprah_Winfrey_0002'] },
  { id: 'James_Hoffa', gender: 'male', stems: ['James_Hoffa_0001'] },
];
const val: Person[] = [
  { id: '101_frontal', gender: 'male', stems: ['101_frontal'] },
  { id: 'Ann_Veneman', gender: 'female', stems: ['Ann_Veneman_0001', 'Ann_Veneman_0003'] },
];

interface Layout {
  root?: string;
  tasks?: [a: string | undefined, b: string | undefined];
  genders?: [male: string, female: string];
  distorted?: string;
  name?: (stem: string, k: number) => string;
  clean?: string;
  val?: string;
}

/** The challenge's tree in one of the forms that its participants have. */
function files(layout: Layout): string[] {
  const { root = '', tasks = ['Task_A', 'Task_B'], genders = ['male', 'female'] } = layout;
  const { distorted = 'distortion/', name = (stem, k) => `${stem}_${seven[k]}.jpg`, clean = '' } = layout;
  const all: string[] = [];
  for (const [side, people] of [
    ['train', train],
    [layout.val ?? 'val', val],
  ] as const)
    for (const { id, gender, stems } of people)
      for (const stem of stems) {
        if (tasks[0] !== undefined)
          all.push(`${root}${tasks[0]}/${side}/${genders[gender === 'male' ? 0 : 1]}/${stem}.jpg`);
        if (tasks[1] === undefined) continue;
        const folder = `${root}${tasks[1]}/${side}/${id}/`;
        all.push(`${folder}${clean}${stem}.jpg`);
        for (const k of seven.keys()) all.push(`${folder}${distorted}${name(stem, k)}`);
      }
  return all.map((path) => path.replace(/^\//, ''));
}

// 6 clean images of 5 identities in train, 3 of 2 in val, each with seven distorted versions; nothing given for test.
const whole = { all: 72, people: 7, male: 32, female: 40, distorted: 63 };

async function total(t: TestContext, paths: string[], data: object = {}) {
  const path = await writeTree(await temporaryFolder(t), paths);
  return survey({ source: 'competition', path, ...data });
}

function sums(found: Record<string, number[]>) {
  const [all, people, male, female, distorted] = [0, 1, 2, 3, 4].map((k) =>
    Object.values(found).reduce((sum, side) => sum + side[k]!, 0),
  );
  return { all, people, male, female, distorted };
}

const variants: Record<string, Layout> = {
  "the organisers'": {},
  'in a folder of its own': { root: 'Comys_Hackathon5/' },
  'nested twice': { root: 'Comys_Hackathon5/Comys_Hackathon5/' },
  'a browser’s second copy': { root: 'Comys_Hackathon5 (1)/' },
  'distorted/': { distorted: 'distorted/' },
  'Distortion/': { distorted: 'Distortion/' },
  'Male and Female': { genders: ['Male', 'Female'] },
  'taska and taskb': { tasks: ['taska', 'taskb'] },
  'TASK-A': { tasks: ['TASK-A', 'TASK-B'] },
  'clean/': { clean: 'clean/' },
  'numbered versions': { name: (stem, k) => `${stem} (${k + 1}).jpg` },
  'flattened into the identity': { distorted: '' },
  'versions named img1 to img7': { name: (stem, k) => `img_${stem.length}${stem.at(-1)}_${k + 1}.jpg` },
  val_filtered: { val: 'val_filtered' },
  'sides without tasks, genders and identities beside one another': { tasks: ['', ''], root: '' },
};

for (const [title, layout] of Object.entries(variants))
  test(`competition: ${title}`, async (t) => {
    const found = await total(t, files(layout));
    const sides = counts(found);
    assert.deepEqual(sums(sides), whole);
    assert.deepEqual(sides.validation, [24, 2, 8, 16, 21]);
    assert.equal(sides.train![0]! + sides.test![0]!, 48);
    assert.deepEqual(
      codes(found).filter((code) => code !== 'data-open-set'),
      [],
    );
    assert.match(
      found.collection.notes!.join('\n'),
      /train 3 male and 3 female, validation 1 male and 2 female/,
    );
    // All versions of an image are on one side.
    const sideOf = new Map(
      Object.entries(found.split).flatMap(([side, list]) =>
        list.flatMap((i) => found.collection.entries[i]!.groups.map((group) => [group, side] as const)),
      ),
    );
    for (const [side, list] of Object.entries(found.split))
      for (const i of list)
        for (const group of found.collection.entries[i]!.groups) assert.equal(sideOf.get(group), side);
  });

test('competition: one task alone', async (t) => {
  const a = await total(t, files({ tasks: ['Task_A', undefined] }), { split: { by: 'image' } });
  assert.deepEqual(sums(counts(a)), { all: 9, people: 0, male: 4, female: 5, distorted: 0 });
  const b = await total(t, files({ tasks: [undefined, 'Task_B'] }));
  assert.deepEqual(sums(counts(b)), { all: 72, people: 7, male: 0, female: 0, distorted: 63 });
  assert.ok(codes(b).includes('data-missing-labels'));
  // The folder that is named may itself be a task.
  const folder = await writeTree(await temporaryFolder(t), files({}));
  const inside = await survey({ source: 'competition', path: join(folder, 'Task_B') });
  assert.deepEqual(sums(counts(inside)), { all: 72, people: 7, male: 0, female: 0, distorted: 63 });
});

test('competition: a test side of its own is kept, and folders that lie elsewhere are read', async (t) => {
  const more = [
    'test/p1/clean1.jpg',
    'test/p1/distorted/clean1_foggy.jpg',
    'test/p2/clean1.jpg',
    'test/p2/distorted/x1.jpg',
  ];
  const found = await total(t, [...files({ tasks: ['', ''], root: '' }), ...more]);
  assert.deepEqual(counts(found).test, [4, 2, 0, 0, 2]);
  const flat = await total(t, [
    ...files({ tasks: ['', ''], root: '' }),
    'test_images/901_frontal.jpg',
    'test_images/901_frontal_foggy.jpg',
    'test_images/902_frontal_rainy.jpg',
  ]);
  assert.deepEqual(counts(flat).test, [3, 2, 0, 0, 2]);
  const people = await total(
    t,
    [1, 2, 3, 4, 5].flatMap((k) => [
      `identities/person_00${k}/clean.jpg`,
      ...[1, 2, 3, 4, 5, 6, 7].map((n) => `identities/person_00${k}/distorted/img${n}.jpg`),
    ]),
    { split: { by: 'identity', train: 0.6, validation: 0.2, test: 0.2 } },
  );
  assert.deepEqual(sums(counts(people)), { all: 40, people: 5, male: 0, female: 0, distorted: 35 });
});

test('competition: an identity in train and val is an error that names them; so is a second copy of a task', async (t) => {
  const shared = [...files({}), 'Task_B/val/001_frontal/001_frontal.jpg', 'Task_B/val/James_Hoffa/x.jpg'];
  await assert.rejects(total(t, shared), (error: { code: string; found: string }) => {
    assert.equal(error.code, 'data-leak');
    assert.match(error.found, /2 identities: 001_frontal \(train, validation\); James_Hoffa/);
    return true;
  });
  await assert.rejects(total(t, [...files({ root: 'x/' }), ...files({ root: 'x (1)/' })]), {
    code: 'data-duplicate',
  });
  // The same tree is divided anew where the spec says so.
  const anew = await total(t, shared, { split: { given: false, by: 'identity' } });
  assert.equal(sums(counts(anew)).all, 74);
});

test('competition: archives, empty folders and what file managers leave', async (t) => {
  await assert.rejects(
    total(t, [
      ['train.zip', 'PK'],
      ['val.zip', 'PK'],
    ] as never),
    {
      code: 'data-empty',
      remedy: /Unpack/,
    },
  );
  const folder = await writeTree(await temporaryFolder(t), [
    ...files({}),
    '__MACOSX/Task_B/train/001_frontal/001_frontal.jpg',
    ['Task_B/train/001_frontal/Thumbs.db', 'x'],
    ['Task_B/train/001_frontal/._001_frontal.jpg', 'x'],
    ['Task_B/train/004_frontal/distortion/.keep', ''],
  ]);
  assert.deepEqual(sums(counts(await survey({ source: 'competition', path: folder }))), whole);
});

test('competition: the label versions that circulate are told apart', async () => {
  const { labelVersion } = await import('../../../src/data/competition/label-version.ts');
  assert.match(labelVersion({ train: [1623, 303], validation: [343, 79] }).join(), /label version 1623\/303/);
  assert.match(labelVersion({ train: [1532, 394] }).join(), /label version 1532\/394/);
  assert.match(labelVersion({ train: [1532, 394], validation: [343, 79] }).join(), /neither/);
  assert.match(labelVersion({}).join(), /Task A is not there/);
});
