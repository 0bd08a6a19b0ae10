import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { withoutTensorFlow } from '../../support/tensorflow.ts';
import { native } from '../support/runtimes.ts';
import { inputsOf, smallNet } from '../support/small-net.ts';

const MEGABYTE = 2 ** 20;

describe('memory of a compiled step', { skip: withoutTensorFlow }, () => {
  it('does not grow over 1,000 steps', async (t) => {
    const net = smallNet('adam', { dropout: 0.2, ema: 0.9 });
    const step = native(t).compile('train', (inputs, context) => net.step(context, inputs));
    const resident: number[] = [];
    let tensors = 0;
    for (let index = 1; index <= 1000; index++) {
      await step.run(inputsOf(index), index);
      if (index % 100 === 0) resident.push(process.memoryUsage().rss);
      if (index === 100) tensors = tf.memory().numTensors;
    }
    assert.equal(tf.memory().numTensors, tensors);
    // The first third fills the pools of the allocators and of the garbage collector.
    const [early, late] = [Math.max(...resident.slice(0, 4)), Math.min(...resident.slice(-3))];
    assert.ok(late - early < 12 * MEGABYTE, `${early} bytes after 400 steps, ${late} after 1,000`);
  });

  it('is given back by runtimes that are disposed of', async (t) => {
    const open = async () => {
      const after: Array<() => void> = [];
      const runtime = native({ after: (fn) => void after.push(fn as () => void) } as typeof t);
      const big = { name: 'big', shape: [4_000_000] };
      await runtime.compile('read', (_, context) => ({ sum: tf.sum(context.read(big)) })).run({});
      for (const dispose of after) dispose();
    };
    for (let i = 0; i < 3; i++) await open();
    const before = process.memoryUsage().rss;
    for (let i = 0; i < 12; i++) await open();
    const grown = process.memoryUsage().rss - before;
    assert.ok(grown < 3 * 16 * MEGABYTE, `${grown} bytes more after 12 runtimes of 16 MB each`);
  });
});
