import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readCheckpoint } from '../../src/trainer/checkpoint/checkpoint.ts';
import { withoutNative } from '../support/native.ts';
import { packageDir } from '../support/program.ts';
import { place, sets, tiny } from '../support/trained.ts';

const fixture = (name: string) => join(packageDir, 'test/fixtures/weights', name);
const small = ['model.backbone=tiny', 'train.epochs=1'];

/** What a run that is refused says: nothing was launched. */
async function refused(facecom: Awaited<ReturnType<typeof place>>['facecom'], ...set: string[]) {
  const { exitCode, json, stderr } = await facecom('run', tiny, '--json', ...sets(...small, ...set));
  assert.equal(exitCode, 2, stderr);
  return JSON.stringify(json.at(-1));
}

test('half a file of weights, a margin without an embedding, a phase that trains nothing: nothing is launched', async (t) => {
  const { cwd, facecom } = await place(t);
  for (const name of ['tiny.pth', 'tiny-legacy.pth', 'tiny.safetensors']) {
    const whole = readFileSync(fixture(name));
    writeFileSync(join(cwd, name), whole.subarray(0, whole.length >> 1));
    assert.match(await refused(facecom, `model.weights=${name}`), /weights-damaged/, name);
  }
  assert.match(await refused(facecom, 'model.heads.identity.loss=arcface'), /rule-margin/);
  const phases = 'train.phases=[{epochs: 1, train: [backbone]}, {epochs: 1, train: [heads]}]';
  const nothing = await refused(facecom, phases, 'model.freeze=[backbone]');
  assert.match(nothing, /model-frozen/);
  assert.match(nothing, /train\.phases\[0\] trains nothing/);
});

test('P × K that the data cannot fill: nothing is launched', async (t) => {
  const { cwd, facecom } = await place(t);
  // Four identities are drawn.
  const sampler = 'train.sampler={name: pk, identities: 8, images: 2}';
  assert.match(await refused(facecom, sampler, 'train.batch_size=16'), /sampler-pk.*at most 4/);
  assert.ok(!existsSync(join(cwd, 'runs')));
});

test('a batch larger than the data, and more identities than training images, still train', {
  skip: withoutNative,
}, async (t) => {
  const { facecom } = await place(t);
  const run = async (...set: string[]) => {
    const { exitCode, json, stderr } = await facecom('run', tiny, '--json', ...sets(...small, ...set));
    assert.equal(exitCode, 0, stderr);
    return json.at(-1).metrics as Record<string, number>;
  };
  assert.ok((await run('train.batch_size=4096'))['test/combined']! >= 0);
  // One image each trains, one validates, one tests: as many classes as training images, and none shown twice.
  const many = await run('data.synthetic={identities: 40, images_per_identity: 3, conditions: 0}');
  assert.ok(many['test/identity_top1']! >= 0);
});

test('a training that diverges says so, and its last good checkpoint stays', {
  skip: withoutNative,
}, async (t) => {
  const { cwd, facecom } = await place(t);
  const { exitCode, json } = await facecom(
    ...['run', tiny, '--json'],
    ...sets(
      ...['model.backbone=tiny', 'train.epochs=4', 'optimizer.name=sgd', 'schedule={name: constant}'],
      'train.phases=[{epochs: 1, lr: 0.001}, {epochs: 3, lr: 1.0e+30}]',
    ),
  );
  assert.notEqual(exitCode, 0);
  const last = json.at(-1);
  assert.match(JSON.stringify(last), /"nan"/);
  const dir = /"dir":"([^"]+)"/.exec(JSON.stringify(json))![1]!;
  const { tensors, state } = await readCheckpoint(join(cwd, dir, 'checkpoints/best.safetensors'));
  assert.equal(state.best?.epoch, 1);
  for (const [name, { data }] of tensors) assert.ok(data.every(Number.isFinite), name);
  const scored = await facecom('evaluate', join(cwd, dir), '--json');
  assert.equal(scored.exitCode, 0, scored.stderr);
});
