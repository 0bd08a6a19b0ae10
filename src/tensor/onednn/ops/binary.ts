import { type Node, size, type Value } from '../../graph/ir.ts';
import { DataType } from '../../native/library.ts';
import { bytesOf, type Emitter, isFloat, type Tensor } from '../emitter.ts';
import { Algorithm, Argument } from '../library.ts';
import type { PostOp } from '../primitives.ts';
import { elementwise, isWorthwhile, type Loop } from './elementwise.ts';
import { isLateDecay } from './late-decay.ts';
import { product } from './matmul.ts';
import { broadcast, type Inferred, input, type OpRule, output, uniformOf } from './rule.ts';
import { unary } from './unary.ts';

type Pair = (a: number, b: number) => number;

const bool =
  (test: (a: number, b: number) => boolean): Pair =>
  (a, b) =>
    test(a, b) ? 1 : 0;

interface Operation {
  algorithm?: number;
  compute: Pair;
  boolean?: boolean;
  /** Of ops that a step does a hundred times, to the statistics of each normalisation: a call for each value is most of their time. */
  loop?: Loop;
}

/** How each op is computed: by oneDNN where it has it, in JavaScript where arrays are small or whole numbers. */
const operations = {
  Add: { algorithm: Algorithm.add, compute: (a, b) => a + b },
  AddV2: { algorithm: Algorithm.add, compute: (a, b) => a + b },
  Sub: {
    algorithm: Algorithm.sub,
    compute: (a, b) => a - b,
    loop: (x, y, to, stepX, stepY) => {
      for (let i = 0; i < to.length; i++) to[i] = x[i * stepX]! - y[i * stepY]!;
    },
  },
  Mul: {
    algorithm: Algorithm.mul,
    compute: (a, b) => a * b,
    loop: (x, y, to, stepX, stepY) => {
      for (let i = 0; i < to.length; i++) to[i] = x[i * stepX]! * y[i * stepY]!;
    },
  },
  RealDiv: { algorithm: Algorithm.div, compute: (a, b) => a / b },
  Maximum: { algorithm: Algorithm.max, compute: (a, b) => Math.max(a, b) },
  Minimum: { algorithm: Algorithm.min, compute: (a, b) => Math.min(a, b) },
  FloorDiv: { compute: (a, b) => Math.floor(a / b) },
  FloorMod: { compute: (a, b) => a - b * Math.floor(a / b) },
  Pow: { compute: (a, b) => a ** b },
  SquaredDifference: { compute: (a, b) => (a - b) ** 2 },
  Greater: { compute: bool((a, b) => a > b), boolean: true },
  GreaterEqual: { compute: bool((a, b) => a >= b), boolean: true },
  Less: { compute: bool((a, b) => a < b), boolean: true },
  LessEqual: { compute: bool((a, b) => a <= b), boolean: true },
  Equal: { compute: bool((a, b) => a === b), boolean: true },
  NotEqual: { compute: bool((a, b) => a !== b), boolean: true },
  LogicalAnd: { compute: bool((a, b) => a !== 0 && b !== 0), boolean: true },
  LogicalOr: { compute: bool((a, b) => a !== 0 || b !== 0), boolean: true },
} satisfies Record<string, Operation>;

type BinaryName = keyof typeof operations;

/** Ops that stay in bfloat16 where both sides are in it: sums of activations. */
const followers = new Set<string>(['Add', 'AddV2', 'Maximum', 'Minimum']);

const infer =
  (boolean: boolean) =>
  (node: Node): Inferred[] => {
    const [a, b] = [input(node, 0), input(node, 1)];
    return [{ shape: broadcast(a.shape, b.shape), dtype: boolean ? DataType.BOOL : a.dtype }];
  };

const rule = (name: BinaryName): OpRule => {
  const { algorithm, compute, boolean, loop }: Operation = operations[name];
  return {
    infer: infer(boolean ?? false),
    ...(followers.has(name) ? { low: { kind: 'follow' as const } } : {}),
    emit: (node, e) => {
      if (isLateDecay(e, node))
        e.defer(output(node), () => {
          write(node, e);
          return e.tensor(output(node));
        });
      else write(node, e);
    },
  };

  function write(node: Node, e: Emitter): void {
    const [a, b] = [input(node, 0), input(node, 1)];
    if (isFloat(output(node)) && isWorthwhile(output(node))) {
      if (withNumber(e, name, a, b, output(node))) return;
      if (algorithm !== undefined && binary(e, algorithm, e.tensor(a), e.tensor(b), output(node))) return;
      if (name === 'SquaredDifference' && squaredDifference(e, a, b, output(node))) return;
    }
    elementwise(
      e,
      name,
      [e.tensor(a), e.tensor(b)],
      e.output(output(node)),
      compute as (...x: number[]) => number,
      loop,
    );
  }
};

export const binaryRules = Object.fromEntries(
  (Object.keys(operations) as BinaryName[]).map((name) => [name, rule(name)]),
) as Record<BinaryName, OpRule>;

/** An op with a number that is known, as one pass over the other side. */
function withNumber(e: Emitter, name: BinaryName, a: Value, b: Value, target: Value): boolean {
  const linear = (x: Value, alpha: number, beta: number): boolean => {
    if (x.shape.join() !== target.shape.join() || x.dtype !== target.dtype) return false;
    unary(e, { algorithm: Algorithm.linear, alpha, beta }, e.tensor(x), target);
    return true;
  };
  const [left, right] = [uniformOf(a), uniformOf(b)];
  if (name === 'Mul' && target.dtype === DataType.FLOAT) {
    const [factor, x] = right === undefined ? [left, b] : [right, a];
    if (factor !== undefined && size(x.shape) < size(target.shape) && spread(e, e.tensor(x), target, factor))
      return true;
  }
  if (right !== undefined) {
    if (name === 'Mul') return linear(a, right, 0);
    if (name === 'RealDiv') return linear(a, 1 / right, 0);
    if (name === 'Add' || name === 'AddV2') return linear(a, 1, right);
    if (name === 'Sub') return linear(a, 1, -right);
  }
  if (left !== undefined) {
    if (name === 'Mul') return linear(b, left, 0);
    if (name === 'Add' || name === 'AddV2') return linear(b, 1, left);
    if (name === 'Sub') return linear(b, -1, left);
  }
  return false;
}

/** The broadcast patterns that oneDNN's kernels know, as shapes of few axes: both sides alike, one number, a row, a column. */
function folded(a: readonly number[], b: readonly number[]): { a: number[]; b: number[] } | undefined {
  const rank = a.length;
  const full = [...new Array<number>(Math.max(0, rank - b.length)).fill(1), ...b];
  if (full.length !== rank || full.some((n, axis) => n !== a[axis] && n !== 1)) return undefined;
  // Neighbouring axes that are broadcast alike are one.
  const merged: Array<{ n: number; alike: boolean }> = [];
  for (const [axis, n] of a.entries()) {
    if (n === 1) continue;
    const alike = full[axis] === n;
    const last = merged[merged.length - 1];
    if (last && last.alike === alike) last.n *= n;
    else merged.push({ n, alike });
  }
  const shape = merged.map(({ n }) => n);
  const other = merged.map(({ n, alike }) => (alike ? n : 1));
  const pattern = merged.map(({ alike }) => (alike ? 'a' : '1')).join('');
  switch (pattern) {
    case '':
      return { a: [1], b: [1] };
    case 'a':
    case '1':
    case '1a':
      return { a: shape, b: other };
    case 'a1':
      return { a: [1, ...shape], b: [1, ...other] };
    case '1a1':
      return { a: shape, b: other };
    default:
      return undefined;
  }
}

/** Writes oneDNN's binary primitive; false if it has no fast kernel for these shapes. */
export function binary(
  e: Emitter,
  algorithm: number,
  a: Tensor,
  b: Tensor,
  target: Value,
  postOps: readonly PostOp[] = [],
): boolean {
  const commutes = algorithm === Algorithm.add || algorithm === Algorithm.mul;
  const whole = size(target.shape);
  let [x, y] = [a, b];
  if (size(x.shape) !== whole && commutes) [x, y] = [b, a];
  if (size(x.shape) !== whole || !isFloat(x) || !isFloat(y)) return false;
  const shapes = folded(x.shape.length >= y.shape.length ? x.shape : target.shape, y.shape);
  if (!shapes) return false;
  const [left, right] = [e.view(x, shapes.a), e.view(y, shapes.b)];
  const { primitives } = e;
  const to = e.output(target);
  const result = e.view(to, shapes.a);
  const primitive = primitives.make(
    `binary ${algorithm} ${left.layout.key} ${right.layout.key} ${result.layout.key}`,
    (api, out, attributes) =>
      api.binary(
        out,
        primitives.library.engine,
        algorithm,
        left.layout.pointer,
        right.layout.pointer,
        result.layout.pointer,
        attributes,
      ),
    postOps,
  );
  const inPlace = bytesOf(x.dtype) === bytesOf(to.dtype) ? [{ write: to, read: x }] : [];
  if (inPlace.length > 0 && size(y.shape) === whole && bytesOf(y.dtype) === bytesOf(to.dtype))
    inPlace.push({ write: to, read: y });
  e.run(
    'binary',
    primitive,
    [
      [Argument.src, left],
      [Argument.src1, right],
    ],
    [[Argument.dst, result]],
    { inPlace },
  );
  return true;
}

/** x times a factor, repeated along neighbouring axes of one: as the product of a column of ones and each row of x. */
function spread(e: Emitter, x: Tensor, target: Value, factor: number): boolean {
  const rank = target.shape.length;
  const full = [...new Array<number>(rank - x.shape.length).fill(1), ...x.shape];
  const repeated = target.shape.flatMap((n, axis) => (full[axis] === 1 && n > 1 ? [axis] : []));
  const [first, last] = [repeated[0], repeated.at(-1)];
  if (x.dtype !== DataType.FLOAT || first === undefined || last! - first + 1 !== repeated.length)
    return false;
  const [outer, times, inner] = [
    size(target.shape.slice(0, first)),
    size(target.shape.slice(first, last! + 1)),
    size(target.shape.slice(last! + 1)),
  ];
  const scaled =
    factor === 1 ? [] : [{ kind: 'eltwise' as const, algorithm: Algorithm.linear, alpha: factor }];
  const y = e.output(target);
  const ones = e.view(e.ones(times, DataType.FLOAT), [1, times, 1]);
  product(e, ones, e.view(x, [outer, 1, inner]), e.view(y, [outer, times, inner]), scaled);
  return true;
}

function squaredDifference(e: Emitter, a: Value, b: Value, target: Value): boolean {
  return binary(e, Algorithm.sub, e.tensor(a), e.tensor(b), target, [
    { kind: 'eltwise', algorithm: Algorithm.square },
  ]);
}
