import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Dataset } from '../../src/data/index.ts';
import { effectRows } from '../../src/operations/index.ts';

test('the sheet of effects names what is drawn, with its unit, and shows one without a range once', async () => {
  const train = { size: 2, pixels: () => new Uint8Array(32 * 32 * 3).fill(90) };
  const rows = await effectRows({ train, imageSize: 32 } as unknown as Dataset, 3, 1);
  const captions = new Map(
    rows.map(({ label, pictures }) => [label, pictures.map(({ caption }) => caption)]),
  );
  assert.deepEqual(captions.get('horizontal_flip'), ['as it is', '']);
  assert.deepEqual(captions.get('gamma'), ['as it is', 'gamma 80', 'gamma 120']);
  assert.match(captions.get('affine')![1]!, /^rotate -10°$/m);
  assert.deepEqual(captions.get('motion_blur')![2], 'kernel 7 px\nangle 360°');
  for (const [label, all] of captions)
    for (const caption of all) assert.doesNotMatch(caption ?? '', /^(?:range|limit) /m, label);
  // The milder end comes first: light, then dark. Where zero is in the middle, the lower does.
  assert.match(captions.get('low_light')![1]!, /^gain 0\.6$/m);
});
