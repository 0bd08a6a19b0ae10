import assert from 'node:assert/strict';
import { test } from 'node:test';
import { paramsOf, type RunRecord } from '../../../src/tracking/mlflow/run-record.ts';

const keys = (source: string | undefined) => {
  const data = { ...(source === undefined ? {} : { source }), image_size: 64, synthetic: { identities: 24 } };
  return [...paramsOf({ config: { name: 'a', data, tags: {} } } as unknown as RunRecord).keys()];
};

test('how faces are drawn is a param of runs on drawn faces alone', () => {
  for (const source of ['synthetic', 'several', undefined])
    assert.ok(keys(source).includes('data.synthetic.identities'), source);
  assert.deepEqual(keys('facecom'), ['data.source', 'data.image_size']);
});
