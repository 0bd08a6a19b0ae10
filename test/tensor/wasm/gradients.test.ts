import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '../../../src/tensor/gradients.ts';
import { openWasm } from '../../../src/tensor/wasm/index.ts';
import { uniform } from '../../support/formula.ts';
import { assertNear } from '../support/near.ts';

type Pad = 'valid' | 'same' | [[number, number], [number, number], [number, number], [number, number]];

interface Case {
  picture: [number, number, number, number];
  filter: [number, number, number, number];
  stride: number | [number, number];
  pad: Pad;
}

const around = (n: number, after = n): Pad => [
  [0, 0],
  [n, after],
  [n, after],
  [0, 0],
];

const convolutions: Case[] = [
  { picture: [3, 6, 6, 4], filter: [3, 3, 4, 5], stride: 1, pad: 'same' },
  { picture: [2, 7, 7, 3], filter: [3, 3, 3, 4], stride: 2, pad: 'same' },
  { picture: [2, 8, 6, 3], filter: [3, 3, 3, 4], stride: 2, pad: around(1) },
  { picture: [2, 9, 9, 3], filter: [7, 7, 3, 4], stride: 2, pad: around(3) },
  { picture: [2, 6, 7, 3], filter: [2, 3, 3, 4], stride: [1, 2], pad: 'valid' },
  { picture: [2, 5, 5, 4], filter: [1, 1, 4, 6], stride: 1, pad: 'valid' },
  { picture: [2, 6, 6, 4], filter: [1, 1, 4, 6], stride: 2, pad: 'valid' },
  { picture: [2, 5, 5, 2], filter: [3, 3, 2, 3], stride: 1, pad: around(0, 2) },
];

const depthwise: Case[] = [
  { picture: [2, 6, 6, 4], filter: [3, 3, 4, 1], stride: 1, pad: 'same' },
  { picture: [2, 7, 7, 3], filter: [3, 3, 3, 2], stride: 2, pad: 'same' },
  { picture: [2, 8, 8, 3], filter: [3, 3, 3, 1], stride: 2, pad: 'valid' },
];

/** y and the gradients of its weighted sum, on the backend. */
async function results(backend: string, { picture, filter, stride, pad }: Case, deep: boolean) {
  await tf.setBackend(backend);
  assert.equal(tf.getBackend(), backend);
  const x = tf.tensor(uniform('x', picture, -1, 1), picture) as Tensor4D;
  const w = tf.tensor(uniform('w', filter, -1, 1), filter) as Tensor4D;
  const apply = (x: Tensor4D, w: Tensor4D) =>
    deep ? tf.depthwiseConv2d(x, w, stride, pad) : tf.conv2d(x, w, stride, pad);
  const y = apply(x, w);
  const weights = tf.tensor(uniform('dy', y.shape, -1, 1), y.shape);
  const [dx, dw] = tf.grads((x, w) => tf.sum(tf.mul(apply(x as Tensor4D, w as Tensor4D), weights)))([x, w]);
  return { y: await y.data(), x: await dx!.data(), filter: await dw!.data() };
}

describe("wasm's gradients equal those of plain JavaScript", () => {
  before(openWasm);
  for (const [title, cases, deep] of [
    ['a convolution', convolutions, false],
    ['a depthwise convolution', depthwise, true],
  ] as const) {
    for (const one of cases) {
      it(`of ${title} of ${one.filter.join('×')} on [${one.picture}], stride ${one.stride}, padding ${JSON.stringify(one.pad)}`, async () => {
        assertNear(await results('wasm', one, deep), await results('cpu', one, deep), 1e-5, title);
      });
    }
  }

  it('in a batch whose patches do not fit at once', async () => {
    // 24 images of 64² take 14 MB of patches each: they are taken two at a time.
    const one: Case = { picture: [24, 64, 64, 96], filter: [3, 3, 96, 2], stride: 1, pad: 'same' };
    await tf.setBackend('wasm');
    const [all, last] = tf.tidy(() => {
      const x = tf.tensor(uniform('x', one.picture, -1, 1), one.picture) as Tensor4D;
      const w = tf.tensor(uniform('w', one.filter, -1, 1), one.filter) as Tensor4D;
      const gradient = (x: Tensor4D) => tf.grad((w) => tf.sum(tf.conv2d(x, w as Tensor4D, 1, 'same')))(w);
      return [
        gradient(x),
        tf.addN([0, 1, 2].map((i) => gradient(tf.slice4d(x, [i * 8, 0, 0, 0], [8, -1, -1, -1])))),
      ];
    });
    assertNear({ w: await all!.data() }, { w: await last!.data() }, 1e-4, 'groups');
  });
});
