import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadDataset, loadScoring, underCondition } from '../../src/data/index.ts';
import { conditions } from '../../src/pixels/conditions/index.ts';
import { experimentSchema } from '../../src/spec/schema.ts';
import { temporaryFolder } from '../support/program.ts';
import { people, settings, writeSet } from './support/sets.ts';

test('the test images of the data set that was trained on, all of another one, with the model’s numbers', async (t) => {
  const folder = await temporaryFolder(t);
  const data = settings({ source: 'facecom', path: await writeSet(folder, people(3, 10)) });
  const { identities, hash, test: side } = await loadDataset(data, { seed: 1 });

  const own = await loadScoring(data, { identities, trainedOn: hash });
  assert.equal(own.side, 'test');
  assert.deepEqual([own.subset.names, own.subset.identity], [side.names, side.identity]);
  assert.deepEqual([own.strangers, own.warnings], [0, []]);

  const other = await loadScoring(data, { identities: ['p2', 'p0'], trainedOn: 'another' });
  assert.deepEqual([other.side, other.subset.size, other.strangers], ['all', 30, 10]);
  assert.deepEqual(
    [...other.subset.identity],
    [...Array(10).fill(1), ...Array(10).fill(-1), ...Array(10).fill(0)],
  );
  assert.deepEqual(
    other.warnings.map(({ code }) => code),
    ['data-strangers'],
  );
  const split = await loadScoring(data, { identities, trainedOn: 'another', side: 'validation' });
  assert.deepEqual(
    split.warnings.map(({ code }) => code),
    ['data-not-trained-on'],
  );
  await assert.rejects(
    loadScoring(
      { ...data, split: { ...data.split, train: 0.8, validation: 0.2, test: 0 } },
      { identities, trainedOn: hash },
    ),
    { code: 'data-side-empty', exitCode: 2 },
  );
});

test('one identity, or nobody by name, is enough for scoring', async (t) => {
  const folder = await temporaryFolder(t);
  const entries = people(1, 3).map(({ filename, gender }) => ({ filename, gender }));
  const data = settings({ source: 'facecom', path: await writeSet(folder, entries) });
  const { subset, strangers } = await loadScoring(data, { identities: ['p0', 'p1'], trainedOn: '' });
  assert.deepEqual([[...subset.identity], [...subset.gender], strangers], [[-1, -1, -1], [0, 0, 0], 0]);
});

test('images under a condition: the same every time, the originals untouched, worse with severity', async () => {
  const data = settings({
    image_size: 32,
    synthetic: { identities: 2, images_per_identity: 5, conditions: 0 },
  });
  const { train } = await loadDataset(data, { seed: 1 });
  const clean = train.pixels(0).slice();
  for (const { name } of conditions) {
    const options = { condition: name, imageSize: 32, seed: 3 };
    const distances = [1, 5].map((severity) => {
      const found = underCondition(train, { ...options, severity });
      const copied = new Uint8Array(clean.length + 5);
      found.copyPixels(0, copied, 5);
      assert.deepEqual(copied.subarray(5), found.pixels(0), name);
      return found.pixels(0).reduce((sum, value, i) => sum + (value - clean[i]!) ** 2, 0);
    });
    assert.ok(distances[0]! > 0 && distances[1]! > distances[0]!, `${name}: ${distances}`);
    assert.deepEqual(train.pixels(0), clean, name);
  }
  assert.throws(() => underCondition(train, { condition: 'smog', severity: 1, imageSize: 32, seed: 1 }), {
    code: 'data-condition',
  });
});

test('a spec may name every condition that there is', () => {
  const { items } = (experimentSchema as any).properties.evaluate.properties.conditions;
  assert.deepEqual(
    items.enum,
    conditions.map(({ name }) => name),
  );
});
