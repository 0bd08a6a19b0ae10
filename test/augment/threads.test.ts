import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { options } from '../../scripts/bundle.mjs';
import { AugmentThreads, createAugmenter, epochAugmenter } from '../../src/augment/index.ts';
import { augmentationStream } from '../../src/base/random.ts';
import { packageDir, temporaryFolder } from '../support/program.ts';

const size = 24;
const count = 40;
const length = size * size * 3;
const settings = { policy: 'facecom-strong', strength: 1, schedule: [], max_effects: 2 };
const indices = Int32Array.from({ length: count }, (_, i) => (7 * i) % 11);
const fresh = () => Uint8Array.from({ length: count * length }, (_, i) => (i * 31) % 251);

/** What the threads run, built as the product is. */
async function builtThread(t: TestContext): Promise<string> {
  const folder = await temporaryFolder(t);
  const entryPoints = { thread: join(packageDir, 'src/augment/threads/thread.ts') };
  await build({ ...options, entryPoints, outdir: folder, outExtension: { '.js': '.mjs' } });
  return pathToFileURL(join(folder, 'thread.mjs')).href;
}

test('several threads make of a batch what one makes', async (t) => {
  const threads = new AugmentThreads(3, { worth: 0, module: await builtThread(t) });
  t.after(() => threads.close());
  for (const position of [undefined, 80]) {
    const expected = fresh();
    const augmenter = epochAugmenter(settings, size, 4);
    const streams = { seed: 5, epoch: 4, indices, ...(position === undefined ? {} : { position }) };
    for (let k = 0; k < count; k++)
      augmenter.apply(expected.subarray(k * length, (k + 1) * length), augmentationStream(streams, k));
    let others = 0;
    const until = performance.now() + 20_000;
    // The first batches may be done before the threads have started.
    while (others === 0 && performance.now() < until) {
      let own = 0;
      const counting = {
        apply: (...args: Parameters<typeof augmenter.apply>) => {
          own++;
          augmenter.apply(...args);
        },
      };
      const images = threads.memory(count * length);
      images.set(fresh());
      threads.apply({ settings, imageSize: size, images, ...streams }, counting);
      assert.deepEqual(Buffer.from(images), Buffer.from(expected));
      others = count - own;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    assert.ok(others > 0, 'other threads took part');
  }
});

test('without a module that they can run, the own thread does it all; an effect that fails is thrown', async (t) => {
  const threads = new AugmentThreads(2, { worth: 0, module: 'file:///nowhere/thread.mjs' });
  t.after(() => threads.close());
  const { batches } = epochAugmenter(settings, size, 0, threads);
  for (let batch = 0; batch < 5; batch++) {
    const images = batches!.memory(count * length);
    images.set(fresh());
    batches!.apply(images, { seed: 1, epoch: 0, indices });
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const failing = {
    apply: () => {
      throw new Error('broken');
    },
  };
  const images = threads.memory(count * length);
  assert.throws(
    () => threads.apply({ settings, imageSize: size, images, seed: 1, epoch: 0, indices }, failing),
    /broken/,
  );
});

test('batches are made on threads where some are given', () => {
  const threads = new AugmentThreads(4);
  assert.ok(epochAugmenter(settings, size, 0, threads).batches);
  assert.equal(epochAugmenter(settings, size, 0).batches, undefined);
  assert.equal(createAugmenter('light', size).batches, undefined);
});
