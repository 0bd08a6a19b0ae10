import { attribute, type Node, size } from '../../graph/ir.ts';
import { DataType } from '../../native/library.ts';
import { type Emitter, isFloat, type Tensor } from '../emitter.ts';
import { Algorithm } from '../library.ts';
import { LARGE } from './elementwise.ts';
import { product } from './matmul.ts';
import { axesOf, type Inferred, input, type OpRule, output } from './rule.ts';

interface Reduction {
  /** Of a sum: what it is multiplied by, of n values. */
  sum?: (n: number) => number;
  start: number;
  step: (a: number, b: number) => number;
  end?: (a: number, n: number) => number;
  boolean?: boolean;
}

const operations = {
  Sum: { sum: () => 1, start: 0, step: (a, b) => a + b },
  Mean: { sum: (n) => 1 / n, start: 0, step: (a, b) => a + b, end: (a, n) => a / n },
  Max: { start: -Infinity, step: (a, b) => Math.max(a, b) },
  Min: { start: Infinity, step: (a, b) => Math.min(a, b) },
  Prod: { start: 1, step: (a, b) => a * b },
  All: { start: 1, step: (a, b) => (a !== 0 && b !== 0 ? 1 : 0), boolean: true },
  Any: { start: 0, step: (a, b) => (a !== 0 || b !== 0 ? 1 : 0), boolean: true },
} satisfies Record<string, Reduction>;

type ReductionName = keyof typeof operations;

const axes = (node: Node): number[] =>
  axesOf(input(node, 1), input(node, 0).shape.length).sort((a, b) => a - b);

const infer = (node: Node): Inferred[] => {
  const { shape, dtype } = input(node, 0);
  const reduced = new Set(axes(node));
  const keep = attribute<boolean>(node, 'keep_dims') ?? false;
  const kept = keep
    ? shape.map((n, axis) => (reduced.has(axis) ? 1 : n))
    : shape.filter((_, axis) => !reduced.has(axis));
  return [{ shape: kept, dtype: dtype === DataType.BFLOAT16 ? DataType.FLOAT : dtype }];
};

/** [outer, reduced, inner], where the reduced axes are neighbours. */
function blocks(shape: readonly number[], reduced: readonly number[]): [number, number, number] | undefined {
  if (reduced.length === 0) return [1, 1, size(shape)];
  const [first, last] = [reduced[0]!, reduced[reduced.length - 1]!];
  if (last - first + 1 !== reduced.length) return undefined;
  return [size(shape.slice(0, first)), size(shape.slice(first, last + 1)), size(shape.slice(last + 1))];
}

const rule = (name: ReductionName): OpRule => {
  const { sum, start, step, end }: Reduction = operations[name];
  return {
    infer,
    // It reads bfloat16 and sums in float32.
    ...(sum ? { low: { kind: 'reads' as const } } : {}),
    emit: (node, e) => {
      const x = sum ? e.source(input(node, 0)) : e.tensor(input(node, 0));
      const y = e.output(output(node));
      const shape = blocks(x.shape, axes(node));
      if (sum && isFloat(x) && shape && (size(x.shape) >= LARGE || x.dtype === DataType.BFLOAT16)) {
        sumOf(e, x, y, shape, sum(shape[1]));
        return;
      }
      if (x.dtype === DataType.BFLOAT16) throw new Error(`${node.op} of bfloat16 over [${x.shape}].`);
      const n = size(x.shape) / Math.max(1, size(y.shape));
      if (shape) {
        const [outer, , inner] = shape;
        e.host(name, [x], [y], ([from, to]) => {
          for (let o = 0; o < outer; o++) {
            for (let i = 0; i < inner; i++) {
              let found = start;
              for (let k = 0, at = o * n * inner + i; k < n; k++, at += inner)
                found = step(found, from![at]!);
              to![o * inner + i] = end ? end(found, n) : found;
            }
          }
        });
        return;
      }
      const reduced = new Set(axes(node));
      const strides = outputStrides(x.shape, reduced);
      e.host(name, [x], [y], ([from, to]) => {
        // In float64.
        const found = new Float64Array(to!.length).fill(start);
        for (let i = 0; i < from!.length; i++) {
          let rest = i;
          let at = 0;
          for (let axis = x.shape.length - 1; axis >= 0; axis--) {
            const side = x.shape[axis]!;
            at += (rest % side) * strides[axis]!;
            rest = Math.floor(rest / side);
          }
          found[at] = step(found[at]!, from![i]!);
        }
        for (let i = 0; i < found.length; i++) to![i] = end ? end(found[i]!, n) : found[i]!;
      });
    },
  };
};

export const reductionRules = Object.fromEntries(
  (Object.keys(operations) as ReductionName[]).map((name) => [name, rule(name)]),
) as Record<ReductionName, OpRule>;

/** A sum as a product with ones, times a factor: oneDNN's products use all threads, its reductions few kernels. */
export function sumOf(
  e: Emitter,
  x: Tensor,
  y: Tensor,
  [outer, reduced, inner]: [number, number, number],
  factor: number,
): void {
  const scaled =
    factor === 1 ? [] : [{ kind: 'eltwise' as const, algorithm: Algorithm.linear, alpha: factor }];
  const ones = e.ones(reduced, x.dtype);
  if (inner === 1) {
    product(e, e.view(x, [outer, reduced]), e.view(ones, [reduced, 1]), e.view(y, [outer, 1]), scaled);
    return;
  }
  if (outer === 1) {
    product(e, e.view(ones, [1, reduced]), e.view(x, [reduced, inner]), e.view(y, [1, inner]), scaled);
    return;
  }
  product(
    e,
    e.view(ones, [1, 1, reduced]),
    e.view(x, [outer, reduced, inner]),
    e.view(y, [outer, 1, inner]),
    scaled,
  );
}

/** Steps in the output for each axis of the input, 0 for those that are reduced. */
function outputStrides(shape: readonly number[], reduced: ReadonlySet<number>): number[] {
  const strides = new Array<number>(shape.length).fill(0);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (reduced.has(axis)) continue;
    strides[axis] = step;
    step *= shape[axis]!;
  }
  return strides;
}
