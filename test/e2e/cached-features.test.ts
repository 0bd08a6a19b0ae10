import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readEvents } from '../../src/record/index.ts';
import { withoutNative } from '../support/native.ts';
import { packageDir } from '../support/program.ts';
import { place, sets, tiny } from '../support/trained.ts';

const weights = join(packageDir, 'test/fixtures/weights/tiny.pth');
const frozen = [
  ...['model.backbone=tiny', `model.weights=${weights}`, 'train.accumulation=2', 'train.ema=0.9'],
  'train.phases=[{epochs: 2, train: [heads]}, {epochs: 1}]',
  'train.epochs=3',
];

test('features of a frozen backbone that are computed once train as those of every epoch', {
  skip: withoutNative,
}, async (t) => {
  const { cwd, facecom } = await place(t);
  const run = async (...set: string[]) => {
    const { exitCode, json, stderr } = await facecom('run', tiny, '--json', ...sets(...frozen, ...set));
    assert.equal(exitCode, 0, stderr);
    const dir = join(cwd, json.at(-1).dir);
    const epochs = readEvents(dir).filter((event) => event.type === 'metric');
    return { dir, epochs };
  };
  const [cached, plain] = [await run('train.cache_features=true'), await run()];
  assert.equal(cached.epochs.length, plain.epochs.length);
  for (const [i, { values }] of cached.epochs.entries())
    for (const name of ['train/loss', 'val/loss', 'test/loss'])
      if (values[name] !== undefined)
        assert.ok(Math.abs(values[name] - plain.epochs[i]!.values[name]!) < 1e-4, `${name} ${i}`);
  assert.doesNotMatch(readFileSync(join(cached.dir, 'log.txt'), 'utf8'), /features-not-cached/);
  const { dir } = await run(
    'train.cache_features=true',
    'train.phases=[]',
    'model.freeze=[]',
    'train.epochs=1',
  );
  assert.match(readFileSync(join(dir, 'log.txt'), 'utf8'), /warning\[features-not-cached\]/);
});

test('features are not kept where augmentation changes images', async (t) => {
  const { facecom } = await place(t);
  for (const augment of ['augment.policy=light', 'augment.mixup.p=0.5']) {
    const { exitCode, json } = await facecom(
      ...['validate', tiny, '--json', ...sets(...frozen, 'train.cache_features=true', augment)],
    );
    assert.equal(exitCode, 2);
    assert.match(JSON.stringify(json), /rule-cached-features/);
  }
});
