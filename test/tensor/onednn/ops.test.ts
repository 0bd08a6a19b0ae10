import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { openRuntime } from '../../../src/tensor/index.ts';
import { DataType } from '../../../src/tensor/native/library.ts';
import { Emitter, type Tensor } from '../../../src/tensor/onednn/emitter.ts';
import { Executable } from '../../../src/tensor/onednn/executable.ts';
import { filterGradient, type Way, ways } from '../../../src/tensor/onednn/filter-gradient.ts';
import { Slabs } from '../../../src/tensor/onednn/memory.ts';
import type { OneDnnRuntime } from '../../../src/tensor/onednn/runtime.ts';
import { batchNorm, biasAdd, conv2d, depthwiseConv2d, maxPool, relu } from '../../../src/tensor/ops/index.ts';
import type { Runtime, StepFunction, StepInput, Variable } from '../../../src/tensor/runtime.ts';
import { uniform } from '../../support/formula.ts';
import { withoutOneDnn } from '../../support/onednn.ts';
import { distance } from '../support/near.ts';
import { onednn } from '../support/runtimes.ts';

/** A step, and the shapes of its float32 inputs. */
interface Case {
  name: string;
  fn: StepFunction;
  shapes: Record<string, number[]>;
}

const inputsOf = (shapes: Record<string, number[]>): Record<string, StepInput> =>
  Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [
      name,
      { shape, dtype: 'float32', values: uniform(name, shape, -1, 1.5) },
    ]),
  );

async function outputs(runtime: Runtime, { fn, shapes }: Case): Promise<Record<string, number[]>> {
  const found = await runtime.compile('case', fn).run(inputsOf(shapes), 1);
  return Object.fromEntries(Object.entries(found).map(([name, { values }]) => [name, Array.from(values)]));
}

/** Compares steps on the engine with plain JavaScript. */
async function compare(
  t: Parameters<typeof onednn>[0],
  cases: Case[],
  options: Parameters<typeof onednn>[1] & { tolerance?: number } = {},
): Promise<void> {
  const cpu = await openRuntime({
    ...{ backend: 'cpu', device: 'cpu', precision: 'float32', seed: 1, threads: 1 },
  });
  const expected = [];
  for (const one of cases) expected.push(await outputs(cpu, one));
  cpu.dispose();
  const engine = onednn(t, options);
  for (const [index, one] of cases.entries()) {
    const found = await outputs(engine, one);
    for (const [name, values] of Object.entries(expected[index]!)) {
      const error = distance(found[name]!, values);
      assert.ok(
        error <= (options.tolerance ?? 5e-6),
        `${one.name}: ${name} is ${error.toExponential(2)} away`,
      );
    }
  }
}

type Tensors = Record<string, tf.Tensor>;

const one = (name: string, op: (x: tf.Tensor) => tf.Tensor, shape: number[]): Case => ({
  name: `${name} of [${shape}]`,
  fn: ({ x }) => ({ y: op(x!) }),
  shapes: { x: shape },
});

const positive = (x: tf.Tensor) => tf.add(tf.abs(x), 0.1);

const unary: Record<string, (x: tf.Tensor) => tf.Tensor> = {
  abs: tf.abs,
  neg: tf.neg,
  exp: tf.exp,
  log: (x) => tf.log(positive(x)),
  sqrt: (x) => tf.sqrt(positive(x)),
  rsqrt: (x) => tf.rsqrt(positive(x)),
  square: tf.square,
  tanh: tf.tanh,
  sigmoid: tf.sigmoid,
  softplus: tf.softplus,
  relu: tf.relu,
  relu6: (x) => tf.relu6(tf.mul(x, 8)),
  elu: tf.elu,
  erf: tf.erf,
  reciprocal: (x) => tf.reciprocal(positive(x)),
  floor: tf.floor,
  // The slope of |x|, which tells numbers from NaN.
  acos: (x) => tf.acos(tf.tanh(x)),
  asin: (x) => tf.asin(tf.tanh(x)),
  onesLike: (x) => tf.add(tf.onesLike(x), x),
  step: (x) => tf.step(x),
  isNaN: (x) => tf.where(tf.isNaN(tf.sqrt(x)), tf.zerosLike(x), x),
  addNumber: (x) => tf.add(x, 3),
  subNumber: (x) => tf.sub(x, 3),
  fromNumber: (x) => tf.sub(3, x),
  mulNumber: (x) => tf.mul(x, -2),
  divNumber: (x) => tf.div(x, 7),
};

const reductions: Record<string, (x: tf.Tensor, axes: number[]) => tf.Tensor> = {
  sum: (x, axes) => tf.sum(x, axes),
  mean: (x, axes) => tf.mean(x, axes),
  max: (x, axes) => tf.max(x, axes),
  min: (x, axes) => tf.min(x, axes, true),
};

describe('ops of the engine oneDNN equal plain JavaScript', { skip: withoutOneDnn }, () => {
  it('on each value, where arrays are small and where they are large', (t) =>
    compare(
      t,
      Object.entries(unary).flatMap(([name, op]) => [one(name, op, [3, 5]), one(name, op, [3, 7, 401])]),
    ));

  it('on two arrays, broadcast in every way', (t) => {
    const binary: Record<string, (a: tf.Tensor, b: tf.Tensor) => tf.Tensor> = {
      add: tf.add,
      sub: tf.sub,
      mul: tf.mul,
      div: (a, b) => tf.div(a, positive(b)),
      maximum: tf.maximum,
      minimum: tf.minimum,
      squaredDifference: tf.squaredDifference,
      greater: (a, b) => tf.cast(tf.greater(a, b), 'float32'),
      where: (a, b) => tf.where(tf.less(a, b), a, b),
    };
    const shapes: Array<[number[], number[]]> = [
      [
        [3, 4],
        [3, 4],
      ],
      [
        [40, 30, 8],
        [40, 30, 8],
      ],
      [[40, 30, 8], [8]],
      [[40, 30, 8], [1]],
      [[8], [40, 30, 8]],
      [
        [40, 30, 8],
        [40, 1, 1],
      ],
      [
        [40, 30, 8],
        [40, 1, 8],
      ],
      [
        [40, 30, 8],
        [1, 30, 1],
      ],
      [[40, 30, 8], []],
      [
        [40, 1, 8],
        [1, 30, 1],
      ],
    ];
    const cases = Object.entries(binary).flatMap(([name, op]) =>
      shapes.map(
        ([a, b]): Case => ({
          name: `${name} of [${a}] and [${b}]`,
          fn: ({ a, b }) => ({ y: op(a!, b!) }),
          shapes: { a, b },
        }),
      ),
    );
    return compare(t, cases);
  });

  it('on reductions', (t) => {
    const axes = [[0], [1], [2], [0, 1], [1, 2], [0, 2], [0, 1, 2]];
    const cases = Object.entries(reductions).flatMap(([name, op]) =>
      axes.flatMap((list) => [
        one(`${name} over ${list}`, (x) => op(x, list), [3, 4, 5]),
        one(`${name} over ${list}`, (x) => op(x, list), [13, 40, 21]),
      ]),
    );
    return compare(t, cases, { tolerance: 1e-5 });
  });

  it('on shapes', (t) =>
    compare(t, [
      one('transpose', (x) => tf.transpose(x, [2, 0, 1]), [4, 5, 6]),
      one('slice', (x) => tf.slice(x, [1, 0, 2], [2, 5, 3]), [4, 5, 6]),
      one('strided slice', (x) => tf.stridedSlice(x, [0, 1, 1], [4, 5, 6], [2, 2, 3]), [4, 5, 6]),
      one(
        'pad',
        (x) =>
          tf.pad(x, [
            [1, 2],
            [0, 3],
            [2, 0],
          ]),
        [4, 5, 6],
      ),
      one(
        'pad with a value',
        (x) =>
          tf.pad(
            x,
            [
              [1, 2],
              [0, 3],
              [2, 0],
            ],
            7,
          ),
        [4, 5, 6],
      ),
      one('concat', (x) => tf.concat([x, tf.neg(x), x], 1), [4, 5, 6]),
      one('stack', (x) => tf.stack([x, tf.neg(x)], 1), [4, 5, 6]),
      one('split', (x) => tf.add(tf.split(x, [2, 3], 1)[1]!, tf.split(x, [2, 3], 1)[1]!), [4, 5, 6]),
      one('tile', (x) => tf.tile(x, [2, 1, 3]), [4, 5, 6]),
      one('reshape', (x) => tf.mul(tf.reshape(x, [6, 20]), 2), [4, 5, 6]),
      one('squeeze', (x) => tf.add(tf.squeeze(x), 1), [4, 1, 6]),
      one('expand', (x) => tf.expandDims(x, 1), [4, 5, 6]),
      one('gather', (x) => tf.gather(x, tf.tensor1d([2, 0, 2], 'int32'), 1), [4, 5, 6]),
      one('softmax', (x) => tf.softmax(x), [4, 5, 6]),
      one('log softmax', (x) => tf.logSoftmax(x), [40, 600]),
    ]));

  it('on products of matrices and stacks of them', (t) => {
    const cases: Case[] = [];
    for (const [transposeA, transposeB] of [
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ] as const)
      for (const batch of [[], [3], [2, 3]])
        cases.push({
          name: `product ${transposeA} ${transposeB} of ${batch}`,
          fn: ({ a, b }) => ({ y: tf.matMul(a!, b!, transposeA, transposeB) }),
          shapes: {
            a: [...batch, ...(transposeA ? [7, 5] : [5, 7])],
            b: [...batch, ...(transposeB ? [9, 7] : [7, 9])],
          },
        });
    return compare(t, cases, { tolerance: 1e-5 });
  });

  it('on convolutions, their gradients, pooling and normalisation of drawn shapes', async (t) => {
    const shape = fc.record({
      batch: fc.integer({ min: 1, max: 3 }),
      side: fc.integer({ min: 5, max: 9 }),
      channels: fc.constantFrom(1, 3, 8, 16),
      output: fc.constantFrom(1, 4, 16),
      kernel: fc.constantFrom(1, 3, 5),
      stride: fc.constantFrom(1, 2),
      bias: fc.boolean(),
      pool: fc.boolean(),
      residual: fc.boolean(),
    });
    type Drawn = ReturnType<typeof fc.sample<typeof shape extends fc.Arbitrary<infer T> ? T : never>>[number];
    const caseOf = (drawn: Drawn, index: number): Case => {
      const { batch, side, channels, output, kernel, stride, bias, pool, residual } = drawn;
      const filter: Variable = variable(`filter${index}`, [kernel, kernel, channels, output]);
      const scale = variable(`scale${index}`, [output]);
      const offset = variable(`offset${index}`, [output]);
      const out = Math.floor((side + 2 * ((kernel - 1) >> 1) - kernel) / stride) + 1;
      const fn: StepFunction = ({ x, r }: Tensors, context) => {
        const read = <T extends tf.Tensor>(v: Variable) => context.read(v) as T;
        const { loss, gradients } = context.gradients(() => {
          let y = conv2d(x as tf.Tensor4D, read(filter), { stride, padding: (kernel - 1) >> 1 });
          if (bias) y = biasAdd(y, read<tf.Tensor1D>(offset));
          else y = relu(batchNorm(y, read(scale), read(offset), 1e-3).y);
          if (residual) y = relu(tf.add(y, r!) as tf.Tensor4D);
          if (pool) y = maxPool(y, 2, 1, 1);
          return tf.mean(tf.square(tf.mean(y, [1, 2]))) as tf.Scalar;
        }, [filter, scale, offset]);
        return { loss, filter: gradients[0]!, offset: gradients[2]!, scale: gradients[1]! };
      };
      return {
        name: JSON.stringify(drawn),
        fn: bias ? without(fn, 'scale') : fn,
        shapes: { x: [batch, side, side, channels], r: [batch, out, out, output] },
      };
    };
    const drawn = fc.sample(shape, { numRuns: 40, seed: 7 });
    const cases = drawn.map(caseOf);
    await compare(t, cases, { tolerance: 3e-5 });
    await compare(t, cases, { tolerance: 3e-5, threads: 2 });
    // Rounding opens and closes ReLUs, and moves maxima: only what is smooth is compared, and where sums cancel it weighs.
    const smooth = drawn.map((one) => ({ ...one, bias: true, pool: false, residual: false }));
    await compare(t, smooth.map(caseOf), { tolerance: 0.15, precision: 'bfloat16' });
  });

  it('on inference with what follows a convolution fused into it', (t) => {
    const filter = variable('filter', [3, 3, 8, 8]);
    const bias = variable('bias', [8]);
    const cases = [true, false].flatMap((residual) =>
      [true, false].map(
        (rectified): Case => ({
          name: `residual ${residual}, ReLU ${rectified}`,
          fn: ({ x, r }, context) => {
            const read = <T extends tf.Tensor>(v: Variable) => context.read(v) as T;
            const y = biasAdd(
              conv2d(x as tf.Tensor4D, read(filter), { stride: 1, padding: 1 }),
              read<tf.Tensor1D>(bias),
            );
            const sum = residual ? (tf.add(y, tf.mul(r!, 2)) as tf.Tensor4D) : y;
            return { y: rectified ? relu(sum) : sum, r: r! };
          },
          shapes: { x: [2, 6, 6, 8], r: [2, 6, 6, 8] },
        }),
      ),
    );
    return compare(t, cases);
  });

  it('on depthwise convolutions and their gradients', (t) => {
    const cases = [
      { side: 8, channels: 16, kernel: 3, stride: 1 },
      { side: 9, channels: 24, kernel: 3, stride: 2 },
      { side: 8, channels: 5, kernel: 5, stride: 2 },
      { side: 10, channels: 8, kernel: 7, stride: 1 },
    ].map(({ side, channels, kernel, stride }, index): Case => {
      const filter = variable(`filter${index}`, [kernel, kernel, channels, 1]);
      const source = variable(`source${index}`, [2, side, side, channels]);
      return {
        name: `${side} ${channels} ${kernel} ${stride}`,
        fn: (_, context) => {
          const { loss, gradients } = context.gradients(() => {
            const read = (v: Variable) => context.read(v) as tf.Tensor4D;
            const padding = (kernel - 1) >> 1;
            return tf.mean(
              tf.square(depthwiseConv2d(read(source), read(filter), { stride, padding })),
            ) as tf.Scalar;
          }, [filter, source]);
          return { loss, filter: gradients[0]!, source: gradients[1]! };
        },
        shapes: {},
      };
    });
    return compare(t, cases, { tolerance: 1e-5 });
  });

  it('whichever way a filter gradient is computed', async (t) => {
    const shapes: Array<[x: number[], filter: number[], stride: number]> = [
      [[2, 6, 6, 16], [1, 1, 16, 8], 1],
      [[2, 7, 7, 16], [1, 1, 16, 8], 2],
      [[2, 6, 6, 16], [3, 3, 16, 8], 1],
      [[2, 7, 7, 16], [3, 3, 16, 8], 2],
      [[3, 8, 8, 4], [5, 5, 4, 8], 2],
    ];
    for (const [x, filter, stride] of shapes) {
      const found: Partial<Record<Way, Float32Array>> = {};
      for (const way of Object.keys(ways) as Way[]) {
        if ((way === 'product') !== (filter[0] === 1) && way !== 'convolution') continue;
        found[way] = await filterGradientBy(onednn(t, { threads: 2 }), way, { x, filter, stride });
      }
      const { convolution, ...others } = found;
      for (const [way, values] of Object.entries(others))
        assert.ok(distance(values, convolution!) < 1e-6, `${way} of [${x}] and [${filter}]`);
      assert.equal(Object.keys(others).length, 1);
    }
  });
});

async function filterGradientBy(
  runtime: OneDnnRuntime,
  way: Way,
  { x, filter, stride }: { x: number[]; filter: number[]; stride: number },
): Promise<Float32Array> {
  const padding = (filter[0]! - 1) >> 1;
  const side = Math.floor((x[1]! + 2 * padding - filter[0]!) / stride) + 1;
  const y = [x[0]!, side, side, filter[3]!];
  const slabs = new Slabs();
  const trace = { nodes: [], inputs: new Map(), outputs: new Map(), effects: [] };
  const e = new Emitter(trace, runtime.primitives, {
    keep: (bytes, what) => slabs.place(bytes, what),
    variable: () => assert.fail(),
  });
  const [from, dy, dw] = [x, y, filter].map((shape) => e.fresh(shape, DataType.FLOAT)) as [
    Tensor,
    Tensor,
    Tensor,
  ];
  filterGradient(e, { x, filter, y, stride, padding }, from, dy, dw, way);
  const options = { inputs: [from, dy], outputs: [dw], slabs };
  const executable = new Executable(runtime, 'a filter gradient', e.program(), options);
  executable.array(from).set(uniform('x', x, -1, 1));
  executable.array(dy).set(uniform('dy', y, -1, 1));
  await executable.run({ seed: 0, step: 0 }, 0);
  const values = executable.array(dw).slice() as Float32Array;
  executable.dispose();
  return values;
}

const variable = (name: string, shape: number[]): Variable => ({
  name,
  shape,
  initial: () => uniform(name, shape, -0.5, 0.6),
});

/** The step without one of its outputs. */
const without =
  (fn: StepFunction, name: string): StepFunction =>
  (inputs, context) => {
    const { [name]: _, ...rest } = fn(inputs, context);
    return rest;
  };
