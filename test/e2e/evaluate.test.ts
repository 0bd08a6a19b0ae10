import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { people, writeSet } from '../data/support/sets.ts';
import { withoutNative } from '../support/native.ts';
import { place, tiny, trainedTiny } from '../support/trained.ts';

const prefixed = (metrics: Record<string, number>, prefix: string) =>
  Object.fromEntries(Object.entries(metrics).filter(([name]) => name.startsWith(prefix)));

test('evaluate gives what the run recorded, and scores other data and conditions', {
  skip: withoutNative,
}, async (t) => {
  const { cwd, run, facecom } = await trainedTiny(
    t,
    'evaluate.conditions=[fog, noise]',
    'evaluate.severities=[2, 4]',
  );
  const recorded = prefixed(run.metrics, 'test/');
  assert.ok(recorded['test/fog/combined'] !== undefined && recorded['test/noise/gender_f1'] !== undefined);
  assert.ok(existsSync(join(run.dir, 'artifacts/conditions.json')));

  const same = await facecom('evaluate', 'tiny', '--conditions', 'fog,noise', '--severity', '4,2', '--json');
  assert.equal(same.exitCode, 0, same.stderr);
  assert.equal(same.json.length, 1);
  assert.deepEqual(same.json[0].metrics, recorded);
  assert.equal(same.json[0].run, run.run);
  assert.deepEqual(
    same.json[0].conditions.map(({ condition, severity }: any) => [condition, severity]),
    [
      ['fog', 2],
      ['fog', 4],
      ['noise', 2],
      ['noise', 4],
    ],
  );
  const validation = await facecom('evaluate', run.dir, '--split', 'validation', '--json');
  // Evaluated alone, the validation images have the scores of the final test, too.
  for (const [name, value] of Object.entries(prefixed(run.metrics, 'val/')))
    assert.equal(validation.json[0].metrics[name], value, name);

  // The same faces written as files: of the identities that the model knows, all images.
  const synth = ['--identities', '4', '--images', '8', '--size', '32', '--conditions', '0'];
  await facecom('data', 'synth', 'faces', ...synth);
  const files = await facecom('evaluate', 'last', '--data', 'faces', '--json');
  assert.equal(files.exitCode, 0, files.stderr);
  assert.equal(files.json[0].data.pictures, 32);
  assert.equal(files.json[0].data.strangers, 0);
  assert.equal(files.json[0].data.split, 'all');

  await writeSet(join(cwd, 'others'), people(1, 3));
  const others = await facecom('evaluate', 'last', '--data', 'others');
  assert.equal(others.exitCode, 0, others.stderr);
  assert.match(others.stderr, /warning\[data-strangers\]: 3 of 3 images/);
  assert.match(others.stdout, /on all 3 of .*others/);
  assert.match(others.stdout, /none +– +[01]\.\d{4} +[01]\.\d{4} +– +– +–/);
});

test('evaluate and predict say what is wrong with exit code 2', async (t) => {
  const { cwd, facecom } = await place(t);
  const dry = await facecom('run', tiny, '--dry-run', '--json');
  await writeSet(join(cwd, 'faces'), people(2, 3));
  // A run whose trainer has not come to its first checkpoint.
  await mkdir(join(cwd, 'runs/tiny/abc-1/checkpoints'), { recursive: true });
  await writeFile(join(cwd, 'runs/tiny/abc-1/config.json'), JSON.stringify(dry.json[0].config));
  const cases: [string[], RegExp][] = [
    [['evaluate', 'nobody'], /error\[run-not-found\]/],
    [['evaluate', 'abc'], /error\[checkpoint-missing\]/],
    [['predict', 'abc', 'faces'], /error\[checkpoint-missing\]/],
    [['evaluate', 'abc', '--conditions', 'smog'], /error\[data-condition\][\s\S]*motion_blur/],
    [['evaluate', 'abc', '--severity', '6'], /error\[option-value\]/],
    [['evaluate', 'abc', '--split', 'half'], /error\[option-value\]/],
    [['predict', 'abc', 'lost'], /error\[data-path-missing\]/],
    [['predict', 'abc', 'runs'], /error\[data-empty\]/],
    [['predict', 'abc'], /missing required argument/],
  ];
  await Promise.all(
    cases.map(async ([args, message]) => {
      const found = await facecom(...args);
      assert.equal(found.exitCode, 2, `${args}: ${found.stderr}`);
      assert.match(found.stderr, message, `${args}`);
      assert.doesNotMatch(found.stderr, /\n\s+at |internal error/, `${args}`);
    }),
  );
});

test('a key of the model cannot be changed after training; a damaged checkpoint is refused', {
  skip: withoutNative,
}, async (t) => {
  const { run, facecom } = await trainedTiny(t);
  const other = await facecom('evaluate', 'last', '--set', 'data.image_size=64');
  assert.equal(other.exitCode, 2);
  assert.match(other.stderr, /error\[set-trained\]/);

  const file = join(run.dir, 'checkpoints/best.safetensors');
  const bytes = await readFile(file);
  bytes[bytes.length - 100]! ^= 0xff;
  await writeFile(file, bytes);
  const damaged = await facecom('evaluate', 'last');
  assert.equal(damaged.exitCode, 1);
  assert.match(damaged.stderr, /error\[checkpoint-damaged\]/);
});
