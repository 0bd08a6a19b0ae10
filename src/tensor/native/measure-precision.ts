import type * as tf from '@tensorflow/tfjs-core';
import { locateTensorFlow } from '../../install/index.ts';
import type { Precision } from '../precision.ts';
import type { CompiledStep, RuntimeOptions, StepInput, Variable } from '../runtime.ts';
import { wantsGpu } from './gpu.ts';
import { openNative } from './open.ts';

/** Runs of each precision, alternating; the shortest counts, so that another process's turn on the CPU does not. */
const RUNS = 6;

const filter: Variable = { name: 'precision/filter', shape: [3, 3, 64, 64], initial: () => ramp(36_864) };
const weight: Variable = { name: 'precision/weight', shape: [1024, 256], initial: () => ramp(262_144) };

/** Milliseconds that a small step (a convolution and a product, with the gradients of both) takes in either precision. */
export async function measurePrecisions(
  options: Pick<RuntimeOptions, 'device' | 'threads' | 'frozen'>,
): Promise<Record<Precision, number>> {
  const { conv2d, relu } = await import('../ops/index.ts');
  const core = await import('@tensorflow/tfjs-core');
  const found = locateTensorFlow()!;
  const gpu = /^gpu:(\d+)$/.exec(options.device)?.[1];
  const open = (precision: Precision) => {
    const runtime = openNative(
      found,
      { ...options, backend: 'tensorflow', seed: 0, precision },
      gpu === undefined ? (wantsGpu(options.device) ? 0 : undefined) : Number(gpu),
    );
    const step = runtime.compile('precision', ({ pictures, rows }, context) => {
      const { loss, gradients } = context.gradients(() => {
        const y = relu(conv2d(pictures as tf.Tensor4D, context.read(filter) as tf.Tensor4D, SAME));
        const product = core.matMul(rows as tf.Tensor2D, context.read(weight) as tf.Tensor2D);
        return core.add(core.mean(y), core.mean(relu(product))) as tf.Scalar;
      }, [filter, weight]);
      return { loss, filter: core.mean(gradients[0]!), weight: core.mean(gradients[1]!) };
    });
    return { runtime, step };
  };
  const sides = { float32: open('float32'), bfloat16: open('bfloat16') };
  try {
    const best: Record<Precision, number> = { float32: Infinity, bfloat16: Infinity };
    for (let i = 0; i <= RUNS; i++) {
      for (const precision of ['float32', 'bfloat16'] as const) {
        const milliseconds = await timed(sides[precision].step);
        // The first run prepares the library's kernels.
        if (i > 0) best[precision] = Math.min(best[precision], milliseconds);
      }
    }
    return best;
  } finally {
    for (const { runtime } of Object.values(sides)) runtime.dispose();
  }
}

const SAME = { stride: 1, padding: 1 };

const inputs: Record<string, StepInput> = {
  pictures: { shape: [4, 28, 28, 64], dtype: 'float32', values: ramp(4 * 28 * 28 * 64) },
  rows: { shape: [512, 1024], dtype: 'float32', values: ramp(512 * 1024) },
};

async function timed(step: CompiledStep): Promise<number> {
  const started = performance.now();
  await step.run(inputs);
  return performance.now() - started;
}

function ramp(length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => ((i % 17) - 8) / 64);
}
