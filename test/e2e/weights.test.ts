import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { withoutNative } from '../support/native.ts';
import { packageDir } from '../support/program.ts';
import { place, sets, tiny } from '../support/trained.ts';

const fixture = (name: string) => join(packageDir, 'test/fixtures/weights', name);
const small = ['model.backbone=tiny', 'train.epochs=1'];

it('a run starts from a .pth that torch wrote, and another from that run', {
  skip: withoutNative,
}, async (t) => {
  const { cwd, facecom } = await place(t);
  const run = async (...set: string[]) => {
    const { exitCode, stderr, json } = await facecom('run', tiny, '--json', ...sets(...small, ...set));
    assert.equal(exitCode, 0, stderr);
    return json.at(-1) as { run: string; dir: string };
  };
  const first = await run(`model.weights=${fixture('tiny.pth')}`);
  const read = (dir: string, name: string) => readFileSync(join(cwd, dir, name), 'utf8');
  assert.match(read(first.dir, 'log.txt'), /weights: 15 tensors of tiny/);
  assert.match(JSON.parse(read(first.dir, 'environment.json')).weights_hash, /^[0-9a-f]{64}$/);
  const second = await run(`model.weights=run:${first.run}`);
  assert.notEqual(second.run.split('/')[1], first.run.split('/')[1]);
  assert.match(read(second.dir, 'log.txt'), /names of facecom[\s\S]*tensors of its heads/);
});

it('weights that are not there, do not fit or would run code launch nothing', async (t) => {
  const { facecom } = await place(t);
  const code = async (...set: string[]) => {
    const { exitCode, json } = await facecom('run', tiny, '--json', ...sets(...small, ...set));
    assert.equal(exitCode, 2);
    return json.at(-1).error.code as string;
  };
  assert.equal(await code('model.weights=none.pth'), 'weights-missing');
  assert.equal(await code(`model.weights=${fixture('runs-code.pth')}`), 'weights-pickle');
  assert.equal(
    await code(`model.weights=${fixture('tiny.pth')}`, 'model.backbone=resnet18'),
    'weights-mismatch',
  );
  assert.equal(await code('model.freeze=[nothing]'), 'model-pattern');
  assert.equal(await code('model.freeze=[backbone, heads]'), 'model-frozen');
});
