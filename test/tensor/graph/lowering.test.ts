import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { RewriteName } from '../../../src/tensor/graph/lower/index.ts';
import { conv2d } from '../../../src/tensor/ops/index.ts';
import type { StepFunction, StepInput, Variable } from '../../../src/tensor/runtime.ts';
import { uniform } from '../../support/formula.ts';
import { withoutTensorFlow } from '../../support/tensorflow.ts';
import { assertNear } from '../support/near.ts';
import { native, outputsOf } from '../support/runtimes.ts';
import { inputsOf, smallNet, train } from '../support/small-net.ts';

interface Convolution {
  picture: [number, number, number, number];
  kernel: number;
  output: number;
  stride: number;
  padding: number;
}

const convolutions: Record<string, { rewrite: RewriteName; cases: Convolution[] }> = {
  'a convolution of one pixel as a product': {
    rewrite: 'pointwise',
    cases: [
      { picture: [2, 6, 6, 5], kernel: 1, output: 7, stride: 1, padding: 0 },
      { picture: [2, 6, 8, 5], kernel: 1, output: 7, stride: 2, padding: 0 },
      { picture: [2, 7, 5, 4], kernel: 1, output: 3, stride: 2, padding: 0 },
      // So many pixels that the filter's gradient stays a convolution.
      { picture: [1, 128, 128, 2], kernel: 1, output: 3, stride: 1, padding: 0 },
    ],
  },
  'the gradient of a filter as a product of patches': {
    rewrite: 'patches',
    cases: [
      { picture: [2, 7, 7, 5], kernel: 3, output: 4, stride: 1, padding: 1 },
      { picture: [2, 4, 4, 5], kernel: 3, output: 4, stride: 1, padding: 0 },
      { picture: [2, 14, 14, 5], kernel: 3, output: 4, stride: 2, padding: 1 },
      { picture: [2, 7, 7, 3], kernel: 5, output: 4, stride: 1, padding: 2 },
      { picture: [2, 7, 5, 6], kernel: 3, output: 4, stride: 2, padding: 1 },
    ],
  },
  "a network's first convolution on cells": {
    rewrite: 'spaceToDepth',
    cases: [
      { picture: [2, 32, 32, 3], kernel: 7, output: 8, stride: 2, padding: 3 },
      { picture: [2, 31, 33, 3], kernel: 7, output: 8, stride: 2, padding: 3 },
      { picture: [2, 16, 16, 1], kernel: 3, output: 4, stride: 2, padding: 1 },
      { picture: [2, 18, 18, 4], kernel: 5, output: 4, stride: 3, padding: 0 },
    ],
  },
};

/** y, and the gradients of its weighted sum with respect to the image and the filter. */
function convolutionStep({ picture, kernel, output, stride, padding }: Convolution) {
  const shape = [kernel, kernel, picture[3], output];
  const filter: Variable = { name: 'filter', shape, initial: () => uniform('filter', shape, -1, 1) };
  const x: Variable = { name: 'x', shape: picture, initial: () => uniform('x', picture, -1, 1) };
  const fn: StepFunction = (_, context) => {
    let y: tf.Tensor | undefined;
    const { gradients } = context.gradients(() => {
      y = tf.keep(conv2d(context.read(x) as Tensor4D, context.read(filter) as Tensor4D, { stride, padding }));
      return tf.sum(tf.mul(y, tf.tensor(uniform('weights', y.shape, -1, 1), y.shape))) as tf.Scalar;
    }, [x, filter]);
    return { y: y!, x: gradients[0]!, filter: gradients[1]! };
  };
  return fn;
}

describe('every rewrite equals the step without it', { skip: withoutTensorFlow }, () => {
  for (const [title, { rewrite, cases }] of Object.entries(convolutions)) {
    for (const convolution of cases) {
      const { picture, kernel, stride, padding } = convolution;
      it(`${title}: ${kernel}×${kernel} on [${picture}], stride ${stride}, padding ${padding}`, async (t) => {
        const fn = convolutionStep(convolution);
        const plain = native(t, { rewrites: ['prune'] });
        const rewritten = native(t, { rewrites: ['prune', rewrite] });
        const report = [plain, rewritten].map((runtime) => runtime.compile('report', fn).prepare({}).lowered);
        assert.notEqual(report[0], report[1], 'the rewrite changed nothing');
        assertNear(await outputsOf(rewritten, fn, {}), await outputsOf(plain, fn, {}), 2e-6, rewrite);
        assertNear(await outputsOf(native(t), fn, {}), await outputsOf(plain, fn, {}), 2e-6, 'all of them');
      });
    }
  }

  it('what no output needs is left out', async (t) => {
    const fn: StepFunction = ({ x }) => {
      tf.exp(tf.sin(x!));
      return { y: tf.mul(x!, 2) };
    };
    const inputs = vector([1, 2, 3]);
    const [all, pruned] = [native(t, { rewrites: [] }), native(t, { rewrites: ['prune'] })];
    assert.ok(
      pruned.compile('r', fn).prepare(inputs).lowered + 2 <= all.compile('r', fn).prepare(inputs).lowered,
    );
    assert.deepEqual(await outputsOf(pruned, fn, inputs), await outputsOf(all, fn, inputs));
  });

  it("an L2 penalty's scaled weight, computed late, is the same to the bit", async (t) => {
    const weight: Variable = { name: 'w', shape: [3], initial: () => Float32Array.of(1, -2, 3) };
    const buffer: Variable = { name: 'b', shape: [3] };
    const fn: StepFunction = ({ x }, context) => {
      const gradient = tf.add(tf.square(x!), tf.mul(context.read(weight), 0.01));
      context.momentum(weight, buffer, gradient, {
        learningRate: tf.scalar(0.1),
        momentum: 0.9,
        nesterov: true,
      });
      return { gradient };
    };
    const values = await Promise.all(
      (['prune', 'lateDecay'] as const).map(async (last) => {
        const runtime = native(t, { rewrites: ['prune', last] });
        const { gradient } = await outputsOf(runtime, fn, vector([1, 2, 3]));
        return [gradient!, Array.from((await runtime.values([weight])).get(weight)!)];
      }),
    );
    assert.deepEqual(values[1], values[0]);
  });

  it('a whole training step, with all rewrites', async (t) => {
    for (const optimizer of ['adam', 'momentum'] as const) {
      const plain = await train(native(t, { rewrites: ['prune'] }), smallNet(optimizer), 3);
      const lowered = await train(native(t), smallNet(optimizer), 3);
      assertNear({ losses: lowered.losses }, { losses: plain.losses }, 1e-5, optimizer);
      // Adam divides by the gradient's own size: where that is rounding only, so is the update.
      if (optimizer === 'momentum') assertNear(lowered.values, plain.values, 1e-4, optimizer);
    }
  });

  it('bfloat16 lies as far away as its rounding, in outputs and gradients', async (t) => {
    for (const { cases } of Object.values(convolutions)) {
      const fn = convolutionStep(cases[0]!);
      const float32 = await outputsOf(native(t), fn, {});
      const bfloat16 = await outputsOf(native(t, { precision: 'bfloat16' }), fn, {});
      assertNear(bfloat16, float32, 1e-2, 'bfloat16');
      assert.notDeepEqual(bfloat16, float32);
    }
  });

  it('a batch of another size is compiled by itself', async (t) => {
    const net = smallNet('adam');
    const step = native(t).compile('train', (inputs, context) => net.step(context, inputs));
    for (const batch of [6, 4, 6, 1]) {
      const { loss } = await step.run(inputsOf(1, batch), 1);
      assert.ok(Number.isFinite(loss!.values[0]));
    }
  });
});

const vector = (values: number[]): Record<string, StepInput> => ({
  x: { shape: [values.length], dtype: 'float32', values: Float32Array.from(values) },
});
