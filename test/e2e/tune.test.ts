import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { withoutNative } from '../support/native.ts';
import { place, sets, tiny } from '../support/trained.ts';

const small = sets('model.backbone=tiny');

test('tune lr finds a rate, draws the chart and prints the line of YAML', {
  skip: withoutNative,
}, async (t) => {
  const { cwd, facecom } = await place(t);
  const found = await facecom('tune', 'lr', tiny, ...small, '--steps', '60', '--json');
  assert.equal(found.exitCode, 0, found.stderr);
  const [tuned] = found.json;
  assert.ok(tuned.points.length > 20 && tuned.points.length <= 60);
  assert.ok(tuned.suggestion.lr > 1e-6 && tuned.suggestion.lr < 1);
  assert.match(tuned.yaml, /^optimizer: \{ lr: \S+ \}$/);
  assert.deepEqual([...readFileSync(join(cwd, 'tune-lr.png')).subarray(1, 4)], [...Buffer.from('PNG')]);
  // No run was made, and what is printed can be read as it is.
  assert.ok(!existsSync(join(cwd, 'runs')));
  const run = await facecom(
    'validate',
    tiny,
    ...sets(`optimizer.lr=${/lr: (\S+) /.exec(tuned.yaml)![1]}`).slice(2),
  );
  assert.equal(run.exitCode, 0, run.stdout + run.stderr);
  // Frozen but for a bias that hardly learns, at rates at which nothing happens.
  const flat = await facecom(
    'tune',
    'lr',
    tiny,
    ...small,
    '--from',
    '1e-12',
    '--to',
    '1e-11',
    '--steps',
    '10',
    '--out',
    'a.svg',
  );
  assert.equal(flat.exitCode, 1);
  assert.match(flat.stderr, /did not fall in 10 steps[\s\S]*a\.svg/);
  assert.match(readFileSync(join(cwd, 'a.svg'), 'utf8'), /<svg/);
});

test('tune batch measures sizes in processes of their own', { skip: withoutNative }, async (t) => {
  const { cwd, facecom } = await place(t);
  const found = await facecom('tune', 'batch', tiny, ...small, '--sizes', '4,16', '--steps', '2', '--json');
  assert.equal(found.exitCode, 0, found.stderr + found.stdout);
  const [tuned] = found.json;
  assert.deepEqual(
    tuned.measured.map(({ size }: { size: number }) => size),
    [4, 16],
  );
  for (const { imagesPerSecond, memory } of tuned.measured)
    assert.ok(imagesPerSecond > 0 && memory > 2 ** 24);
  assert.match(tuned.yaml, /^train: \{ batch_size: \d+(, accumulation: \d+)? \}$/);
  assert.ok(existsSync(join(cwd, 'tune-batch.png')));
  const limited = await facecom(
    'tune',
    'batch',
    tiny,
    ...small,
    '--set',
    'resources.memory=1MB',
    '--sizes',
    '4,8,16',
    '--steps',
    '1',
  );
  assert.equal(limited.exitCode, 0, limited.stderr);
  assert.match(limited.stdout, /suggested[\s\S]*no larger size: 8 would need about [\s\S]*train: \{/);
});

test('what tune refuses', async (t) => {
  const { facecom } = await place(t);
  const code = async (...args: string[]) => {
    const { exitCode, json } = await facecom('tune', ...args, '--json');
    assert.equal(exitCode, 2);
    return json.at(-1).error.code as string;
  };
  assert.equal(await code('lr', 'none.yaml'), 'spec-missing');
  assert.equal(await code('lr', tiny, '--from', '1', '--to', '0.1'), 'tune-range');
  assert.equal(await code('lr', tiny, '--steps', 'many'), 'option-value');
  assert.equal(await code('lr', tiny, '--out', 'chart.gif'), 'tune-out');
  assert.equal(await code('batch', tiny, '--sizes', '8,x'), 'option-value');
  assert.equal(await code('lr', tiny, ...sets('trainer.command=[python3, train.py]')), 'tune-trainer');
});

test('sizes that do not rise or exceed the data are refused', { skip: withoutNative }, async (t) => {
  const { facecom } = await place(t);
  for (const sizes of ['16,8', '4,1000']) {
    const { exitCode, json } = await facecom('tune', 'batch', tiny, ...small, '--sizes', sizes, '--json');
    assert.equal(exitCode, 2);
    assert.equal(json.at(-1).error.code, 'tune-sizes');
  }
});
