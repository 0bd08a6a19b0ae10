import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadDataset } from '../../src/data/index.ts';
import { packageDir } from '../support/program.ts';
import { settings } from './support/sets.ts';

const small = { synthetic: { identities: 6, images_per_identity: 10 } };

test('shuffled labels are the same labels on other training images, validation and test keep theirs', async () => {
  const plain = await loadDataset(settings(small), { seed: 1 });
  const shuffled = await loadDataset(settings({ ...small, shuffle_labels: true }), { seed: 1 });
  assert.notDeepEqual(shuffled.train.identity, plain.train.identity);
  assert.deepEqual(shuffled.train.identity.toSorted(), plain.train.identity.toSorted());
  const genderOf = new Map([...plain.train.identity].map((person, i) => [person, plain.train.gender[i]]));
  for (const [i, person] of shuffled.train.identity.entries())
    assert.equal(shuffled.train.gender[i], genderOf.get(person), 'both labels move together');
  assert.deepEqual(shuffled.validation.identity, plain.validation.identity);
  assert.deepEqual(shuffled.test.identity, plain.test.identity);
  const other = await loadDataset(settings({ ...small, shuffle_labels: true }), { seed: 2 });
  assert.notDeepEqual(other.train.identity, shuffled.train.identity);
});

test('a split by identity says that identities are unknown in test', async () => {
  const dataset = await loadDataset(settings({ ...small, split: { by: 'identity' } }), { seed: 1 });
  assert.deepEqual(
    dataset.warnings.map((warning) => warning.code),
    ['data-open-set'],
  );
  const trained = new Set(dataset.train.identity);
  assert.ok(![...dataset.test.identity].some((person) => trained.has(person)));
});

test('real photographs', async (t) => {
  const path = join(packageDir, '../shared/data/orl');
  if (!existsSync(path)) return t.skip('the ORL photographs are not here');
  const dataset = await loadDataset(settings({ source: 'facecom', path, image_size: 32 }), { seed: 1 });
  assert.equal(dataset.identities.length, 40);
  assert.deepEqual([dataset.train.size, dataset.validation.size, dataset.test.size], [280, 60, 60]);
  assert.deepEqual(dataset.warnings, []);
  const pixels = dataset.train.pixels(0);
  const mean = pixels.reduce((sum, value) => sum + value, 0) / pixels.length;
  assert.ok(mean > 60 && mean < 190, `${mean}`);
  for (let i = 0; i < pixels.length; i += 3) assert.equal(pixels[i], pixels[i + 2], 'grey');
});
