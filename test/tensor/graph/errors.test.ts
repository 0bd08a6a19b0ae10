import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { FacecomError } from '../../../src/base/errors.ts';
import { DataType } from '../../../src/tensor/native/library.ts';
import { runKernel } from '../../../src/tensor/ops/register.ts';
import type { StepFunction, StepInput, Variable } from '../../../src/tensor/runtime.ts';
import { withoutTensorFlow } from '../../support/tensorflow.ts';
import { native } from '../support/runtimes.ts';

const x: Record<string, StepInput> = {
  x: { shape: [3], dtype: 'float32', values: Float32Array.of(1, 2, 3) },
};
const here = /errors\.test\.ts:\d+:\d+/;

/** The error that a step ends with. */
async function failure(
  t: Parameters<typeof native>[0],
  fn: StepFunction,
  inputs: Record<string, StepInput> = x,
): Promise<FacecomError> {
  try {
    await native(t).compile('step', fn).run(inputs);
  } catch (error) {
    assert.ok(error instanceof FacecomError, String(error));
    return error;
  }
  return assert.fail('the step did not fail');
}

describe('errors of compiled steps', { skip: withoutTensorFlow }, () => {
  it('name the op and the line where a value is read while tracing', async (t) => {
    const error = await failure(t, ({ x }) => ({ y: tf.mul(x!, tf.sum(x!).dataSync()[0]!) }));
    assert.equal(error.code, 'trace-read');
    assert.match(error.message, /^The value of Sum was read while tracing at .*/);
    assert.match(error.message, here);
  });

  it('name the op and the line of a branch on a value', async (t) => {
    const error = await failure(t, ({ x }) => {
      if (tf.greater(tf.max(x!), 2).arraySync()) return { y: x! };
      return { y: tf.neg(x!) };
    });
    assert.equal(error.code, 'trace-read');
    assert.match(error.message, /The value of Greater was read/);
    assert.match(error.message, here);
    assert.match(error.remedy!, /tf\.where/);
  });

  it('refuse an async function', async (t) => {
    const fn = (async ({ x }: Record<string, tf.Tensor>) => {
      await x!.data();
      return { y: x! };
    }) as unknown as StepFunction;
    const error = await failure(t, fn);
    assert.equal(error.code, 'trace-async');
    assert.match(error.message, /step is an async function/);
  });

  it('refuse an output that is no tensor', async (t) => {
    const error = await failure(t, (() => ({ y: 3 })) as unknown as StepFunction);
    assert.equal(error.code, 'trace-output');
    assert.match(error.message, /The output y of the step step/);
  });

  it('name the op without a gradient and the line where it was called', async (t) => {
    const w: Variable = { name: 'w', shape: [3] };
    const error = await failure(t, (_, context) => {
      const { loss } = context.gradients(
        () => tf.sum(tf.topk(tf.square(context.read(w)), 2).values) as tf.Scalar,
        [w],
      );
      return { loss };
    });
    assert.equal(error.code, 'no-gradient');
    assert.match(error.message, /^The op TopK has no gradient/);
    assert.match(error.message, here);
  });

  it('name op, attributes, shapes and line of an op that TensorFlow refuses', async (t) => {
    const error = await failure(t, ({ x }) => ({
      y: runKernel('BatchMatMul', { a: x!, b: x! }, { transposeA: false, transposeB: false }),
    }));
    assert.equal(error.code, 'tensorflow');
    assert.match(error.message, /BatchMatMulV2\(\[3\], \[3\]\) with \{.*adj_x=false.*\} at /);
    assert.match(error.message, here);
  });

  it('name op and line of an op that fails as it runs', async (t) => {
    const types = { Taxis: DataType.INT32, Tindices: DataType.INT32, Tparams: DataType.FLOAT };
    const attributes = Object.entries(types).map(([name, value]) => ({ name, type: 4, value }));
    // tf.gather itself looks at its indices before it runs.
    const { kernels } = native(t).tracer;
    const error = await failure(
      t,
      ({ x, at }) => ({
        y: kernels.executeMultipleOutputs('GatherV2', attributes, [x!, at!, tf.scalar(0, 'int32')], 1)[0]!,
      }),
      { ...x, at: { shape: [1], dtype: 'int32', values: Int32Array.of(7) } },
    );
    assert.equal(error.code, 'tensorflow');
    assert.match(error.message, /the step step, in GatherV2\(/);
    assert.match(error.message, here);
    assert.match(error.found!, /indices\[0\] = 7 is not in \[0, 3\)/);
  });

  it('are `oom` where memory runs out, naming the op', async (t) => {
    const error = await failure(t, ({ x }) => {
      const long = tf.tile(x!, [2 ** 20]);
      return { y: tf.sum(tf.mul(tf.reshape(long, [-1, 1]), tf.reshape(long, [1, -1]))) };
    });
    assert.equal(error.code, 'oom');
    assert.match(error.message, /Out of memory: the step step/);
    assert.match(error.remedy!, /batch_size/);
  });

  it('are `variable-shape` where values do not fit', async (t) => {
    const w: Variable = { name: 'w', shape: [2, 3] };
    await assert.rejects(native(t).setValues(new Map([[w, new Float32Array(5)]])), (error: FacecomError) => {
      assert.equal(error.code, 'variable-shape');
      assert.equal(error.found, '5 values');
      assert.equal(error.expected, '6 values, of shape [2,3]');
      return true;
    });
  });

  it('leave the runtime able to continue', async (t) => {
    const runtime = native(t);
    await assert.rejects(runtime.compile('bad', ({ x }) => ({ y: tf.scalar(x!.dataSync()[0]!) })).run(x));
    const { y } = await runtime.compile('good', ({ x }) => ({ y: tf.square(x!) })).run(x);
    assert.deepEqual(Array.from(y!.values), [1, 4, 9]);
    assert.deepEqual(Array.from(tf.square([1, 2]).dataSync()), [1, 4]);
  });
});
