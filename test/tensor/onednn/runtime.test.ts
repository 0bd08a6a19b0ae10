import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { describe, it } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { FacecomError } from '../../../src/base/errors.ts';
import type { OneDnnProgram } from '../../../src/tensor/onednn/program.ts';
import { batchNorm, conv2d, relu } from '../../../src/tensor/ops/index.ts';
import type { StepFunction, StepInput, Variable } from '../../../src/tensor/runtime.ts';
import { withoutOneDnn } from '../../support/onednn.ts';
import { withoutTensorFlow } from '../../support/tensorflow.ts';
import { assertNear } from '../support/near.ts';
import { native, onednn, outputsOf } from '../support/runtimes.ts';
import { inputsOf, smallNet, train } from '../support/small-net.ts';

const MEGABYTE = 2 ** 20;

describe('the engine oneDNN', { skip: withoutOneDnn }, () => {
  it('trains as native TensorFlow does, the same dropout drawn', { skip: withoutTensorFlow }, async (t) => {
    for (const optimizer of ['momentum', 'adam'] as const) {
      for (const [precision, tolerance] of [
        ['float32', 1e-4],
        ['bfloat16', 2e-2],
      ] as const) {
        const net = () => smallNet(optimizer, { ema: 0.9, dropout: 0.3 });
        const expected = await train(native(t, { precision, seed: 7 }), net(), 4);
        const found = await train(onednn(t, { precision, seed: 7 }), net(), 4);
        assertNear({ losses: found.losses }, { losses: expected.losses }, tolerance / 10, optimizer);
        assertNear(found.values, expected.values, tolerance, `${optimizer} in ${precision}`);
      }
    }
  });

  it('draws the numbers that TensorFlow draws, bit for bit', { skip: withoutTensorFlow }, async (t) => {
    const fn: StepFunction = (_, context) => ({
      a: context.uniform([1003], 'a'),
      b: context.uniform([2, 3, 5], 'b'),
    });
    for (const [seed, step] of [
      [1, 1],
      [-5, 3],
      [2 ** 31 - 1, 12345],
    ] as const)
      assert.deepEqual(
        await outputsOf(onednn(t, { seed }), fn, {}, step),
        await outputsOf(native(t, { seed }), fn, {}, step),
      );
  });

  it('gives the same bits for the same seed, in both precisions and on two threads', async (t) => {
    for (const precision of ['float32', 'bfloat16'] as const) {
      const run = (seed: number) =>
        train(onednn(t, { seed, threads: 2, precision }), smallNet('adam', { dropout: 0.3 }), 6);
      const first = await run(7);
      assert.deepEqual(await run(7), first, precision);
      assert.notDeepEqual((await run(8)).losses, first.losses);
    }
  });

  it('computes activations again to save memory, with the same bits', async (t) => {
    const weights = Array.from({ length: 4 }, (_, i) => ({
      filter: { name: `filter${i}`, shape: [3, 3, 16, 16], initial: () => new Float32Array(2304).fill(0.01) },
      scale: { name: `scale${i}`, shape: [16], initial: () => new Float32Array(16).fill(1) },
      offset: { name: `offset${i}`, shape: [16] },
    }));
    const all: Variable[] = weights.flatMap((layer) => Object.values(layer));
    const fn: StepFunction = ({ x }, context) => {
      const { loss, gradients } = context.gradients(() => {
        let y = x as tf.Tensor4D;
        for (const { filter, scale, offset } of weights) {
          y = conv2d(y, context.read(filter) as tf.Tensor4D, { stride: 1, padding: 1 });
          y = relu(
            batchNorm(y, context.read(scale) as tf.Tensor1D, context.read(offset) as tf.Tensor1D, 1e-5).y,
          );
        }
        return tf.mean(tf.square(y)) as tf.Scalar;
      }, all);
      for (const [i, variable] of all.entries()) context.add(variable, tf.mul(gradients[i]!, -0.1));
      return { loss };
    };
    const x: StepInput = {
      ...{ shape: [4, 16, 16, 16], dtype: 'float32' },
      values: Float32Array.from({ length: 16384 }, (_, i) => Math.sin(i)),
    };
    const run = async (lean: boolean) => {
      const runtime = onednn(t, { lean });
      const step = runtime.compile('step', fn) as OneDnnProgram;
      const losses = [];
      for (let i = 1; i <= 3; i++) losses.push((await step.run({ x }, i)).loss!.values[0]);
      return { losses, bytes: step.executables()[0]!.arenaBytes };
    };
    const [kept, again] = [await run(false), await run(true)];
    assert.deepEqual(again.losses, kept.losses);
    assert.ok(again.bytes < 0.85 * kept.bytes, `${again.bytes} of ${kept.bytes} bytes`);
  });

  it('keeps weights in bfloat16 from step to step, whoever changes them, with the same bits', async (t) => {
    const uniform = (scale: number) => (_: unknown, i: number) => scale * Math.sin(i * i + 1);
    const filter = (name: string, kernel: number): Variable => ({
      name,
      shape: [kernel, kernel, 64, 64],
      initial: () => Float32Array.from({ length: kernel * kernel * 4096 }, uniform(0.05)),
    });
    // A filter that is laid out anew, and two that are multiplied as they are and copied in parts.
    const filters = [filter('wide', 3), filter('narrow', 3), filter('pointwise', 1)];
    const slots = filters.map(({ name, shape }) => ({
      m: { name: `m/${name}`, shape },
      v: { name: `v/${name}`, shape },
    }));
    const fn: StepFunction = ({ x, power1, power2 }, context) => {
      const { loss, gradients } = context.gradients(() => {
        let y = x as tf.Tensor4D;
        for (const [i, variable] of filters.entries())
          y = relu(
            conv2d(y, context.read(variable) as tf.Tensor4D, {
              stride: i === 0 ? 2 : 1,
              padding: i < 2 ? 1 : 0,
            }),
          );
        return tf.mean(tf.square(tf.sub(y, 1))) as tf.Scalar;
      }, filters);
      for (const [i, variable] of filters.entries()) {
        const options = {
          learningRate: tf.scalar(1e-3),
          ...{ beta1Power: power1!, beta2Power: power2!, epsilon: tf.scalar(1e-8), beta1: 0.9, beta2: 0.999 },
        };
        context.adam(variable, slots[i]!.m, slots[i]!.v, gradients[i]!, options);
        // Written once more after the optimizer's pass.
        if (i === 1) context.decay(variable, tf.scalar(0.01));
      }
      return { loss };
    };
    const run = async (lean: boolean) => {
      const runtime = onednn(t, { lean, precision: 'bfloat16' });
      const step = runtime.compile('step', fn);
      const shrink = runtime.compile('shrink', (_, context) => {
        for (const variable of filters) context.decay(variable, tf.scalar(0.5));
        return {};
      });
      const losses: number[] = [];
      for (let i = 1; i <= 9; i++) {
        const batch = i % 4 === 0 ? 2 : 4;
        const values = Float32Array.from({ length: batch * 8 * 8 * 64 }, uniform(1));
        const scalar = (value: number): StepInput => ({
          shape: [],
          dtype: 'float32',
          values: Float32Array.of(value),
        });
        const inputs = { power1: scalar(0.9 ** i), power2: scalar(0.999 ** i) };
        const x: StepInput = { shape: [batch, 8, 8, 64], dtype: 'float32', values };
        losses.push((await step.run({ x, ...inputs }, i)).loss!.values[0]!);
        if (i === 3) await shrink.run({});
        if (i !== 6) continue;
        const found = await runtime.values(filters);
        await runtime.setValues(
          new Map([...found].map(([name, array]) => [name, array.map((value) => value / 3)])),
        );
      }
      return { losses, values: [...(await runtime.values(filters)).values()] };
    };
    const [kept, again] = [await run(false), await run(true)];
    assert.deepEqual(kept, again);
    assert.ok(new Set(kept.losses).size === kept.losses.length, 'the weights change at each step');
  });

  it('reads variables as they were when it began and changes them when it ends', async (t) => {
    const counter: Variable = { name: 'counter', shape: [2], initial: () => Float32Array.of(1, 10) };
    const average: Variable = { name: 'average', shape: [2] };
    const other: Variable = { name: 'other', shape: [2], initial: () => Float32Array.of(1, 10) };
    const runtime = onednn(t);
    const step = runtime.compile('count', (_, context) => {
      context.add(counter, tf.tensor1d([1, 1]));
      context.follow(average, counter, 0.5);
      const old = context.read(other);
      context.assign(other, tf.tensor1d([0, 0]));
      context.add(other, tf.add(old, 1));
      return { before: context.read(counter), other: old, reshaped: tf.reshape(old, [2, 1]) };
    });
    for (let i = 0; i < 3; i++) {
      const { before, other: old, reshaped } = await step.run({});
      assert.deepEqual(Array.from(before!.values), [1 + i, 10 + i]);
      assert.deepEqual(Array.from(old!.values), [1 + i, 10 + i]);
      assert.deepEqual(Array.from(reshaped!.values), [1 + i, 10 + i]);
      if (i !== 1) continue;
      const values = await runtime.values([counter, average]);
      assert.deepEqual(Array.from(values.get(counter)!), [3, 12]);
      assert.deepEqual(Array.from(values.get(average)!), [2, 8.75]);
    }
  });

  it('shares variables among steps, and computes anew what was derived from them', async (t) => {
    const weight: Variable = {
      name: 'weight',
      shape: [3, 3, 8, 8],
      initial: () => new Float32Array(576).fill(1),
    };
    const runtime = onednn(t, { precision: 'bfloat16' });
    const double = runtime.compile('double', (_, context) => {
      context.assign(weight, tf.mul(context.read(weight), 2));
      return {};
    });
    // Folded and laid out once for all runs until the weight changes.
    const read = runtime.compile('read', ({ x }, context) => ({
      y: tf.sum(tf.matMul(x!, tf.reshape(tf.mul(context.read(weight), 3), [8, 72]) as tf.Tensor2D)),
    }));
    const x: StepInput = { shape: [1, 8], dtype: 'float32', values: new Float32Array(8).fill(1) };
    const large: StepInput = { shape: [64, 8], dtype: 'float32', values: new Float32Array(512).fill(1) };
    const sum = async (input: StepInput) => (await read.run({ x: input })).y!.values[0]!;
    assert.equal(await sum(x), 576 * 3);
    assert.equal(await sum(large), 576 * 3 * 64);
    assert.equal(await sum(x), 576 * 3);
    await double.run({});
    assert.equal(await sum(x), 576 * 6);
    await runtime.setValues(new Map([[weight, new Float32Array(576).fill(1 / 2)]]));
    assert.equal(await sum(x), 288 * 3);
    await assert.rejects(runtime.setValues(new Map([[weight, new Float32Array(5)]])), {
      code: 'variable-shape',
    });
  });

  it('takes uint8 images as 0 … 255 and gives int32 outputs as they are', async (t) => {
    const found = await outputsOf(
      onednn(t),
      ({ pixels, labels }) => ({
        pixels: tf.div(pixels!, 2),
        labels: tf.add(labels!, tf.scalar(1, 'int32')),
      }),
      {
        pixels: { shape: [3], dtype: 'uint8', values: Uint8Array.of(0, 128, 255) },
        labels: { shape: [2], dtype: 'int32', values: Int32Array.of(5, -1) },
      },
    );
    assert.deepEqual(found, { pixels: [0, 64, 127.5], labels: [6, 0] });
  });

  it('runs steps that were asked for at once one after another', async (t) => {
    const runtime = onednn(t, { threads: 2 });
    const net = smallNet('momentum');
    const step = runtime.compile('train', (inputs, context) => net.step(context, inputs));
    const [first, second] = await Promise.all([step.run(inputsOf(1), 1), step.run(inputsOf(2), 2)]);
    const alone = await train(onednn(t, { threads: 2 }), smallNet('momentum'), 2);
    assert.deepEqual([first!.loss!.values[0], second!.loss!.values[0]], alone.losses);
  });

  it('tells what computes each op, and where JavaScript does', (t) => {
    const step = onednn(t).compile('step', ({ a }) => ({ b: tf.floorDiv(tf.matMul(a!, a!), a!) }));
    const { program, lowered } = step.prepare({ a: { shape: [4, 4], dtype: 'float32' } });
    const lines = program!();
    assert.equal(
      lines.reduce((sum, { count }) => sum + count, 0),
      lowered,
    );
    assert.match(lines.find(({ what }) => what === 'matmul')!.by, /brg|gemm|ref/);
    const { by, values, at } = lines.find(({ what }) => what === 'FloorDiv')!;
    assert.deepEqual([by, values], ['JavaScript', 16]);
    assert.match(at!, /runtime\.test\.ts:\d+/);
  });

  it('names an op that it lacks, with the line', async (t) => {
    const x: StepInput = { shape: [2, 2], dtype: 'float32', values: Float32Array.of(1, 2, 3, 4) };
    await assert.rejects(
      onednn(t)
        .compile('step', ({ x }) => ({ y: tf.cumsum(x!, 1) }))
        .run({ x }),
      (error) => {
        assert.ok(error instanceof FacecomError);
        assert.equal(error.code, 'unsupported-op');
        assert.match(error.message, /no op Cumsum \(called at .*runtime\.test\.ts:\d+:\d+\)/);
        assert.match(error.remedy!, /resources\.backend to tensorflow/);
        return true;
      },
    );
  });

  it('refuses a batch for which there is no memory, and continues', async (t) => {
    const runtime = onednn(t);
    const square = runtime.compile('square', ({ x }) => {
      // Each of them is needed at the end.
      const wide = Array.from({ length: 400 }, (_, i) => tf.tile(tf.mul(x!, i), [4096, 4096]));
      return { y: tf.sum(tf.addN(wide)) };
    });
    const x = (n: number): StepInput => ({
      shape: [n, n],
      dtype: 'float32',
      values: new Float32Array(n * n),
    });
    await assert.rejects(square.run({ x: x(4) }), { code: 'oom', message: /the step square/ });
    const { y } = await runtime.compile('small', ({ x }) => ({ y: tf.sum(x!) })).run({ x: x(2) });
    assert.equal(y!.values[0], 0);
  });

  it('takes as many threads as there are cores where none or more are asked for', (t) => {
    const cores = availableParallelism();
    assert.deepEqual(
      [0, 1, cores + 100].map((threads) => onednn(t, { threads }).threads),
      [cores, 1, cores],
    );
  });

  it('passes NaN on, as the other backends do', async (t) => {
    const x: StepInput = { shape: [5000], dtype: 'float32', values: new Float32Array(5000).fill(Number.NaN) };
    const { y } = await outputsOf(onednn(t), ({ x }) => ({ y: tf.sum(tf.mul(x!, 2)) }), { x });
    assert.ok(Number.isNaN(y![0]));
  });

  it('does not change the variables of a frozen runtime once it has run', async (t) => {
    const weight: Variable = { name: 'weight', shape: [2] };
    const runtime = onednn(t, { frozen: true });
    await runtime.setValues(new Map([[weight, Float32Array.of(1, 2)]]));
    await runtime.compile('read', (_, context) => ({ weight: context.read(weight) })).run({});
    await assert.rejects(runtime.setValues(new Map([[weight, Float32Array.of(3, 4)]])), /frozen/);
  });

  it('does not grow over 1,000 steps', async (t) => {
    const net = smallNet('adam', { dropout: 0.2, ema: 0.9 });
    const step = onednn(t).compile('train', (inputs, context) => net.step(context, inputs));
    const resident: number[] = [];
    for (let index = 1; index <= 1000; index++) {
      await step.run(inputsOf(index), index);
      if (index % 100 === 0) resident.push(process.memoryUsage().rss);
    }
    const [early, late] = [Math.max(...resident.slice(0, 4)), Math.min(...resident.slice(-3))];
    assert.ok(late - early < 12 * MEGABYTE, `${early} bytes after 400 steps, ${late} after 1,000`);
  });

  it('gives its memory back', async () => {
    const open = async () => {
      const after: Array<() => void> = [];
      const runtime = onednn({ after: (fn: unknown) => void after.push(fn as () => void) } as never);
      const big = { name: 'big', shape: [4_000_000], initial: () => new Float32Array(4_000_000).fill(1) };
      await runtime.compile('read', (_, context) => ({ sum: tf.sum(tf.mul(context.read(big), 2)) })).run({});
      for (const dispose of after) dispose();
    };
    for (let i = 0; i < 3; i++) await open();
    const before = process.memoryUsage().rss;
    for (let i = 0; i < 12; i++) await open();
    const grown = process.memoryUsage().rss - before;
    assert.ok(grown < 3 * 16 * MEGABYTE, `${grown} bytes more after 12 runtimes`);
  });
});
