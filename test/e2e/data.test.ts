import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { execa } from 'execa';
import sharp from 'sharp';
import { loadDataset } from '../../src/data/index.ts';
import { people, settings, writeSet } from '../data/support/sets.ts';
import { writeTree } from '../data/support/trees.ts';
import { binary, facecom, temporaryFolder } from '../support/program.ts';

/** A folder to work in, with a cache folder of its own. */
async function place(t: TestContext) {
  const cwd = await temporaryFolder(t);
  const env = { FACECOM_CACHE_DIR: join(cwd, 'cache') };
  return { cwd, data: (...args: string[]) => facecom(['data', ...args], { cwd, env }) };
}

test('synth draws a set that inspect counts and a run could load, pixel for pixel', async (t) => {
  const { cwd, data } = await place(t);
  const synth = await data(
    'synth',
    'faces',
    '--identities',
    '4',
    '--images',
    '5',
    '--size',
    '32',
    '--seed',
    '9',
    '--json',
  );
  assert.equal(synth.exitCode, 0, synth.stderr);
  assert.deepEqual(synth.json[0], { folder: join(cwd, 'faces'), pictures: 20, identities: 4, size: 32 });
  const { stdout, json, stderr } = await data('inspect', 'faces', '--json');
  assert.equal(stderr, '');
  assert.equal(stdout.split('\n').length, 1);
  const [found] = json;
  assert.deepEqual([found.pictures, found.identities, found.male, found.female], [20, 4, 10, 10]);
  assert.deepEqual(found.files, { formats: { png: 20 }, width: [32, 32], height: [32, 32] });
  assert.deepEqual(found.warnings, []);
  const drawn = await loadDataset(
    settings({ image_size: 32, synthetic: { identities: 4, images_per_identity: 5, seed: 9 } }),
    { seed: 1 },
  );
  const read = await loadDataset(settings({ source: 'facecom', path: join(cwd, 'faces'), image_size: 32 }), {
    seed: 1,
  });
  assert.deepEqual(read.train.names, drawn.train.names);
  assert.deepEqual(read.train.identity, drawn.train.identity);
  assert.deepEqual(read.train.gender, drawn.train.gender);
  for (let i = 0; i < read.train.size; i++) assert.deepEqual(read.train.pixels(i), drawn.train.pixels(i));

  const again = await data('synth', 'faces');
  assert.equal(again.exitCode, 2);
  assert.match(again.stderr, /data-folder-not-empty/);
});

test('inspect says what is wrong, where, with exit code 2', async (t) => {
  const { cwd, data } = await place(t);
  const cases: [string, () => Promise<unknown>, RegExp][] = [
    ['lost', async () => {}, /data-path-missing.*\n.*found:.*lost/],
    ['bare', () => mkdir(join(cwd, 'bare')), /data-empty/],
    [
      'torn',
      () => writeSet(join(cwd, 'torn'), people(2, 3), '[\n{"filename": "p0_0.png"\n'),
      /malformed\]: .*annotations\.json:3:1/,
    ],
    [
      'gender',
      () =>
        writeSet(join(cwd, 'gender'), [...people(2, 3), { filename: 'x.png', gender: 'F', person_id: 'p1' }]),
      /data-gender\]: .*annotations\.json:\d+:3/,
    ],
    [
      'missing',
      () => writeSet(join(cwd, 'missing'), people(1, 3), JSON.stringify(people(2, 3))),
      /data-picture-missing[\s\S]*p1_0\.png/,
    ],
    ['single', () => writeSet(join(cwd, 'single'), people(1, 6)), /data-single-identity/],
    [
      'corrupt',
      async () => {
        await writeSet(join(cwd, 'corrupt'), people(2, 4));
        await writeFile(join(cwd, 'corrupt', 'images', 'p1_3.png'), 'x');
      },
      /data-picture-corrupt[\s\S]*p1_3\.png/,
    ],
    [
      'one left',
      async () => {
        await writeSet(join(cwd, 'one left'), people(2, 1));
        await writeFile(
          join(cwd, 'one left', 'images', 'p1_0.png'),
          '<svg xmlns="http://www.w3.org/2000/svg"/>',
        );
      },
      /p1_0\.png: svg is not a format that is read/,
    ],
    [
      'outside',
      () => writeSet(join(cwd, 'outside'), people(2, 3), '[{"filename": "../../secret.png"}]'),
      /data-path-escape/,
    ],
  ];
  for (const [folder, make, expected] of cases) {
    await make();
    const { exitCode, stderr, stdout } = await data('inspect', folder);
    assert.equal(exitCode, 2, `${folder}: ${stderr}`);
    assert.match(stderr, expected, folder);
    assert.doesNotMatch(stderr, /\n {4}at /, 'no stack trace');
    // What can be looked past is counted before it is refused.
    if (folder !== 'corrupt') assert.equal(stdout, '');
  }
  const { exitCode, json } = await data('inspect', 'gender', '--json');
  assert.equal(exitCode, 2);
  assert.equal(json[0].error.code, 'data-gender');
  assert.ok(json[0].error.place.line > 1);
});

test('a wrong command line is exit code 2', async (t) => {
  const { data } = await place(t);
  const cases = [
    ['bogus'],
    ['synth'],
    ['synth', 'x', '--identities', '1'],
    ['synth', 'x', '--size', '64.5'],
    ['corrupt', '.', 'out'],
    ['inspect', '--set', 'data.imgae_size=3'],
    ['inspect', '--set', 'data.image_size'],
    [
      'preview',
      '--policy',
      'weather',
      '--set',
      'data.synthetic.identities=2',
      '--set',
      'data.synthetic.images_per_identity=6',
    ],
    ['preview', '--rows', '0'],
    ['preview', '--out', 'sheet.tiff'],
  ];
  for (const args of cases) {
    const { exitCode, stderr } = await data(...args);
    assert.equal(exitCode, 2, `${args.join(' ')}: ${stderr}`);
  }
});

test('preview writes contact sheets', async (t) => {
  const { cwd, data } = await place(t);
  const few = [
    ...['--set', 'data.synthetic.identities=3'],
    ...['--set', 'data.synthetic.images_per_identity=8'],
    ...['--set', 'data.image_size=32'],
  ];
  for (const [name, args, pictures] of [
    ['people', ['--columns', '4'], 12],
    ['policy', ['--policy', 'facecom-weather', '--rows', '2', '--columns', '3'], 6],
    ['effects', ['--effects', '--columns', '3'], 68],
    ['conditions', ['--conditions'], 60],
  ] as const) {
    const { exitCode, json, stderr } = await data(
      'preview',
      '--out',
      `${name}.png`,
      ...args,
      '--json',
      ...few,
    );
    assert.equal(exitCode, 0, stderr);
    assert.equal(json[0].pictures, pictures, name);
    const { width, height, format } = await sharp(join(cwd, `${name}.png`)).metadata();
    assert.deepEqual([width, height, format], [json[0].width, json[0].height, 'png']);
  }
  const { exitCode, stderr } = await data('preview', '--out', 'no/such/folder.png', ...few);
  assert.equal(exitCode, 2);
  assert.match(stderr, /data-preview-unwritable/);
});

test('corrupt writes versions that stay with their images', async (t) => {
  const { cwd, data } = await place(t);
  const entries = people(2, 4);
  entries[0]!.gender = null;
  await writeSet(join(cwd, 'clean'), entries);
  const { exitCode, json, stderr } = await data(
    'corrupt',
    'clean',
    'bad',
    '--condition',
    'fog,noise',
    '--severity',
    '2',
    '--json',
  );
  assert.equal(exitCode, 0, stderr);
  assert.deepEqual([json[0].pictures, json[0].conditions], [16, ['fog', 'noise']]);
  const annotations = JSON.parse(await readFile(join(cwd, 'bad', 'annotations.json'), 'utf8'));
  assert.deepEqual(annotations[0], { filename: 'p0_0_foggy.png', gender: null, person_id: 'p0' });
  const { width, height } = await sharp(join(cwd, 'bad', 'images', 'p0_0_noisy.png')).metadata();
  assert.deepEqual([width, height], [10, 12], 'not a square, and not enlarged');
  const inspected = await data('inspect', 'bad', '--json');
  assert.equal(inspected.json[0].split.train.pictures % 2, 0);

  const other = await data('corrupt', 'clean', 'same', '--condition', 'fog,noise', '--severity', '2');
  assert.equal(other.exitCode, 0);
  assert.deepEqual(
    await readFile(join(cwd, 'same', 'images', 'p1_2_noisy.png')),
    await readFile(join(cwd, 'bad', 'images', 'p1_2_noisy.png')),
  );

  const plain = await data('corrupt', 'clean/images', 'plain', '--condition', 'all', '--size', '16');
  assert.equal(plain.exitCode, 0, plain.stderr);
  assert.equal((await readdir(join(cwd, 'plain'))).length, 80);

  for (const [args, code] of [
    [['clean', 'out', '--condition', 'fogg'], 'data-condition'],
    [['clean', 'clean/sub', '--condition', 'fog'], 'data-folder-inside'],
    [['clean', 'bad', '--condition', 'fog'], 'data-folder-not-empty'],
    [['gone', 'out', '--condition', 'fog'], 'data-path-missing'],
    [['cache', 'out', '--condition', 'fog'], 'data-empty'],
    [['clean', 'out', '--condition', 'fog', '--severity', '6'], 'option-value'],
  ] as const) {
    const wrong = await data('corrupt', ...args);
    assert.equal(wrong.exitCode, 2, `${args}`);
    assert.match(wrong.stderr, new RegExp(code));
  }
});

test('Ctrl-C in the middle of drawing leaves no set that looks whole, and exit code 130', async (t) => {
  const { cwd } = await place(t);
  const child = execa(
    process.execPath,
    [binary, 'data', 'synth', 'faces', '--identities', '200', '--images', '100'],
    {
      cwd,
      reject: false,
    },
  );
  const images = join(cwd, 'faces', 'images');
  while (!existsSync(images) || (await readdir(images)).length < 5)
    await new Promise((resolve) => setTimeout(resolve, 20));
  child.kill('SIGINT');
  const { exitCode } = await child;
  assert.equal(exitCode, 130);
  assert.ok(!existsSync(join(cwd, 'faces', 'annotations.json')));
});

test('inspect looks past leaks and broken images, says both, and returns the lines that read what is left', async (t) => {
  const { cwd, data } = await place(t);
  const pictures = ['train/a', 'train/b', 'train/e', 'train/f', 'train/g', 'val/c', 'val/d', 'val/h'].flatMap(
    (folder) => [1, 2, 3].map((k) => `Task_B/${folder}/${folder.at(-1)}${k}.jpg`),
  );
  await writeTree(join(cwd, 'leaking'), [...pictures, 'Task_B/val/a/x.jpg']);
  const leaking = await data('inspect', 'leaking', '--json');
  assert.equal(leaking.exitCode, 2);
  assert.equal(leaking.json[0].pictures, 25);
  assert.match(leaking.json[0].yaml, /split:\n +given: false\n +by: identity/);
  assert.equal(leaking.json[1].error.code, 'data-leak');

  await writeTree(join(cwd, 'broken'), [
    'a/1.jpg',
    'a/2.jpg',
    'b/1.jpg',
    'b/2.jpg',
    ['b/3.jpg', 'text'],
    'a/3.jpg',
  ]);
  const broken = await data('inspect', 'broken', '--set', 'data.split={train: 1, validation: 0, test: 0}');
  assert.equal(broken.exitCode, 2);
  assert.match(broken.stdout, /5 images of 2 identities[\s\S]*on_error: skip/);
  assert.match(broken.stderr, /data-picture-corrupt[\s\S]*b\/3\.jpg/);
});

test('inspect returns lines that read what it has read: tables, columns, pairs, and sides that can be', async (t) => {
  const { cwd, data } = await place(t);
  const faces = ['a', 'b', 'c'].flatMap((name) => [1, 2, 3, 4].map((k) => `${name}/${k}.jpg`));
  await writeTree(join(cwd, 'faces'), [
    ...faces,
    ['genders.csv', 'person_id,gender\na,Male\nb,Female\nc,Female\n'],
    ['pairs.csv', 'left,right,same\na/1.jpg,a/2.jpg,1\na/1.jpg,b/1.jpg,0\n'],
  ]);
  const list = faces.map((name) => `${name};${name[0]};${name[0] === 'a' ? 'm' : 'f'}`).join('\n');
  await writeTree(join(cwd, 'table'), ['x.jpg', ...faces, ['list.csv', `path;who;sex\n${list}\n`]]);
  // Each identity has one image and a version of it.
  const versions = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].flatMap((name) => [
    `${name}/${name}.jpg`,
    `${name}/${name}_foggy.jpg`,
  ]);
  await writeTree(join(cwd, 'versions'), versions);
  const columns =
    'data={columns: {image: path, identity: who, gender: sex}, delimiter: ";", genders: {male: [m], female: [f]}}';
  const cases: [string, string[], RegExp][] = [
    ['faces', [], /file: genders\.csv\n {2}pairs: pairs\.csv/],
    ['table', ['--set', columns], /columns:\n {4}image: path[\s\S]*delimiter: ;/],
    ['versions', [], /split:\n {4}by: identity/],
  ];
  for (const [folder, set, expected] of cases) {
    const found = await data('inspect', folder, ...set, '--json');
    assert.match(found.json[0].yaml, expected, folder);
    await writeFile(join(cwd, 'pasted.yaml'), `name: pasted\n${found.json[0].yaml}\n`);
    const again = await data('inspect', 'pasted.yaml', '--json');
    assert.equal(again.exitCode, 0, again.stderr);
    const told = ({ hash, pictures, male, female, split }: (typeof found.json)[0]) => [
      hash,
      pictures,
      male,
      female,
      split.train.pictures,
    ];
    assert.deepEqual(told(again.json[0]), told(found.json[0]), folder);
  }
});

test('cache decodes a data set once, and a run finds it there', async (t) => {
  const { cwd, data } = await place(t);
  await writeTree(join(cwd, 'faces'), ['a/1.jpg', 'a/2.jpg', 'a/3.jpg', 'b/1.jpg', 'b/2.jpg', 'b/3.jpg']);
  const set = ['--set', 'data.image_size=24', '--set', 'data.split={train: 1, validation: 0, test: 0}'];
  const first = await data('cache', 'faces', ...set, '--json');
  assert.equal(first.exitCode, 0, first.stderr);
  assert.deepEqual([first.json[0].pictures, first.json[0].bytes], [6, 6 * 24 * 24 * 3]);
  const again = await data('cache', 'faces', ...set);
  assert.match(again.stdout, /^6 images of 24 × 24 pixels in the cache/);
  assert.match((await data('inspect', 'nowhere')).stderr, /data-path-missing/);
});
