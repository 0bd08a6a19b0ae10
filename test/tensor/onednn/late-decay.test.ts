import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { OneDnnProgram } from '../../../src/tensor/onednn/program.ts';
import type { StepFunction, StepInput, Variable } from '../../../src/tensor/runtime.ts';
import { withoutOneDnn } from '../../support/onednn.ts';
import { onednn } from '../support/runtimes.ts';

const [INPUT, OUTPUT, BATCH] = [96, 80, 4];
const wave = (count: number, scale: number) =>
  Float32Array.from({ length: count }, (_, i) => scale * Math.sin(i * i + 1));
const scalar = (value: number): StepInput => ({
  shape: [],
  dtype: 'float32',
  values: Float32Array.of(value),
});

type Optimizer = 'adam' | 'momentum';
/** `apart`: what keeps the penalty from being added in the optimizer's pass. */
type Apart = 'fetched' | 'used twice' | 'written twice' | undefined;

/** Trains a matrix for some steps. Returns its values and how many instructions a step has. */
async function trained(t: TestContext, optimizer: Optimizer, apart: Apart) {
  const weight: Variable = {
    name: 'weight',
    shape: [INPUT, OUTPUT],
    initial: () => wave(INPUT * OUTPUT, 0.1),
  };
  const [m, v] = ['m', 'v'].map((name): Variable => ({ name, shape: weight.shape })) as [Variable, Variable];
  const fn: StepFunction = ({ x, power1, power2 }, context) => {
    const { loss, gradients } = context.gradients(
      () =>
        tf.mean(
          tf.square(tf.sub(tf.matMul(x as tf.Tensor2D, context.read(weight) as tf.Tensor2D), 1)),
        ) as tf.Scalar,
      [weight],
    );
    const gradient = gradients[0]!;
    const whole = tf.add(gradient, tf.mul(context.read(weight), 0.01));
    if (apart === 'written twice') context.add(weight, tf.zeros([INPUT, OUTPUT]));
    if (optimizer === 'momentum')
      context.momentum(weight, m, whole, { learningRate: tf.scalar(0.1), momentum: 0.9, nesterov: false });
    else
      context.adam(weight, m, v, whole, {
        learningRate: tf.scalar(1e-2),
        ...{ beta1Power: power1!, beta2Power: power2!, epsilon: tf.scalar(1e-8), beta1: 0.9, beta2: 0.999 },
      });
    return {
      loss,
      ...(apart === 'fetched' ? { whole } : {}),
      ...(apart === 'used twice' ? { norm: tf.sum(tf.square(gradient)) } : {}),
    };
  };
  const runtime = onednn(t);
  const step = runtime.compile('step', fn) as OneDnnProgram;
  const x: StepInput = { shape: [BATCH, INPUT], dtype: 'float32', values: wave(BATCH * INPUT, 1) };
  for (let i = 1; i <= 5; i++) await step.run({ x, power1: scalar(0.9 ** i), power2: scalar(0.999 ** i) }, i);
  const [values] = (await runtime.values([weight])).values();
  return { values: values!, length: step.executables()[0]!.length };
}

describe('an L2 penalty in the optimizer’s pass', { skip: withoutOneDnn }, () => {
  for (const optimizer of ['adam', 'momentum'] as const)
    it(`gives ${optimizer} the bits that it has apart from it, and spares an instruction`, async (t) => {
      const together = await trained(t, optimizer, undefined);
      // With the instructions that it has besides.
      for (const [apart, own] of [
        ['fetched', 0],
        ['used twice', 2],
        ['written twice', 1],
      ] as const) {
        const separate = await trained(t, optimizer, apart);
        assert.deepEqual(together.values, separate.values, apart);
        assert.equal(separate.length, together.length + 1 + own, apart);
      }
      assert.ok(together.values.every(Number.isFinite));
    });
});
