import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Parameters, type StateTensor } from '../../src/model/index.ts';
import { torchWeights } from '../../src/trainer/export.ts';

const tensor = (shape: number[]): StateTensor => ({
  dtype: 'float32',
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i),
});

const parameters = new Parameters(1, 16);
parameters.constant('bn1.bias', [2], 0, true);
parameters.convolution('conv1.weight', 2, 4, 5);
parameters.matrix('gender_head.0.weight', 3, 2);
parameters.depthwise('conv2.weight', 3, 4);

test('filters and matrices are laid out as PyTorch keeps them, the averaged weights are taken, slots are left out', () => {
  const averaged = { ...tensor([2]), data: Float32Array.of(8, 9) };
  const weights = torchWeights(
    new Map([
      ['model/conv1.weight', tensor([2, 2, 4, 5])],
      ['model/gender_head.0.weight', tensor([3, 2])],
      ['model/bn1.bias', tensor([2])],
      ['ema/bn1.bias', averaged],
      ['model/conv2.weight', tensor([3, 3, 4, 1])],
      ['optimizer/conv1.weight/m', tensor([2, 2, 4, 5])],
    ]),
    parameters.all,
  );
  assert.deepEqual([...weights.keys()], ['bn1.bias', 'conv1.weight', 'gender_head.0.weight', 'conv2.weight']);
  assert.deepEqual([...weights.get('bn1.bias')!.data], [8, 9]);
  assert.deepEqual(weights.get('gender_head.0.weight'), {
    dtype: 'float32',
    shape: [2, 3],
    data: Float32Array.of(0, 2, 4, 1, 3, 5),
  });
  const { shape, data } = weights.get('conv1.weight')!;
  assert.deepEqual(shape, [5, 4, 2, 2]);
  assert.deepEqual(weights.get('conv2.weight')!.shape, [4, 1, 3, 3]);
  for (let o = 0; o < 5; o++)
    for (let i = 0; i < 4; i++)
      for (let y = 0; y < 2; y++)
        for (let x = 0; x < 2; x++)
          assert.equal(data[((o * 4 + i) * 2 + y) * 2 + x], ((y * 2 + x) * 4 + i) * 5 + o);
});
