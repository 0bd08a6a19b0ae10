import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAugmenter } from '../../src/augment/index.ts';
import { type Batch, evaluationBatches, loadDataset, trainBatches } from '../../src/data/index.ts';
import { settings } from './support/sets.ts';

const dataset = await loadDataset(settings({ synthetic: { identities: 5, images_per_identity: 10 } }), {
  seed: 1,
});
const augment = createAugmenter('facecom-weather', 16);

async function collect(
  options: { epoch?: number; seed?: number; start?: number; dropLast?: boolean } = {},
): Promise<Batch[]> {
  const batches: Batch[] = [];
  for await (const batch of trainBatches(dataset.train, {
    batchSize: 8,
    epoch: 0,
    seed: 3,
    augment,
    ...options,
  }))
    batches.push({ ...batch, images: batch.images.slice() });
  return batches;
}

test('an epoch holds every image once, with its labels', async () => {
  const batches = await collect();
  const seen = batches.flatMap((batch) => [...batch.indices]);
  assert.deepEqual(
    seen.toSorted((a, b) => a - b),
    [...Array(dataset.train.size).keys()],
  );
  assert.deepEqual(
    batches.map((batch) => batch.size),
    [8, 8, 8, 8, 3],
  );
  for (const batch of batches) {
    assert.equal(batch.images.length, batch.size * 16 * 16 * 3);
    for (let k = 0; k < batch.size; k++) {
      assert.equal(batch.gender[k], dataset.train.gender[batch.indices[k]!]);
      assert.equal(batch.identity[k], dataset.train.identity[batch.indices[k]!]);
    }
  }
  assert.equal((await collect({ dropLast: true })).length, 4);
});

test('the same seed gives the same bits, another epoch or seed others', async () => {
  const pixels = async (options: object) =>
    Buffer.concat((await collect(options)).map((batch) => batch.images));
  const first = await pixels({});
  assert.deepEqual(await pixels({}), first);
  assert.notDeepEqual(await pixels({ epoch: 1 }), first);
  assert.notDeepEqual(await pixels({ seed: 4 }), first);
});

test('a start in the middle gives what is left of the epoch', async () => {
  const whole = await collect({ epoch: 2 });
  for (const start of [1, 4, 5]) assert.deepEqual(await collect({ epoch: 2, start }), whole.slice(start));
});

test('augmentation changes the batch and not the data set', async () => {
  const before = Buffer.concat([...Array(dataset.train.size).keys()].map((i) => dataset.train.pixels(i)));
  const [batch] = await collect();
  assert.notDeepEqual(batch!.images.subarray(0, 768), dataset.train.pixels(batch!.indices[0]!));
  const after = Buffer.concat([...Array(dataset.train.size).keys()].map((i) => dataset.train.pixels(i)));
  assert.deepEqual(after, before);
});

test('the next batch is made while a step is awaited, and a failure in it is thrown where it is asked for', async () => {
  let applied = 0;
  const counting = { apply: () => void applied++ };
  const batches = trainBatches(dataset.train, { batchSize: 8, epoch: 0, seed: 3, augment: counting });
  await batches.next();
  assert.equal(applied, 8);
  // On a busy machine a timer may be due before the loop has turned once.
  for (let i = 0; i < 100 && applied < 16; i++) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(applied, 16);
  await batches.return(undefined);

  const failing = {
    apply: () => {
      if (++applied === 30) throw new Error('broken');
    },
  };
  const broken = trainBatches(dataset.train, { batchSize: 8, epoch: 0, seed: 3, augment: failing });
  await assert.rejects(async () => {
    for await (const _ of broken) await new Promise((resolve) => setTimeout(resolve, 5));
  }, /broken/);
});

test('evaluation sees every image once, in order, unchanged', () => {
  const batches = [...evaluationBatches(dataset.train, { batchSize: 8 })];
  assert.deepEqual(
    batches.flatMap((batch) => [...batch.indices]),
    [...Array(dataset.train.size).keys()],
  );
  const last = batches.at(-1)!;
  assert.deepEqual(last.images.subarray(2 * 768), dataset.train.pixels(34));
});
