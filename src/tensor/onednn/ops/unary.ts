import type { Value } from '../../graph/ir.ts';
import { DataType } from '../../native/library.ts';
import { bytesOf, type Emitter, isFloat, type Tensor } from '../emitter.ts';
import { Algorithm, Argument, Propagation } from '../library.ts';
import { elementwise, isWorthwhile } from './elementwise.ts';
import { flat } from './relu.ts';
import { input, like, type OpRule, output } from './rule.ts';

interface Eltwise {
  algorithm: number;
  alpha?: number;
  beta?: number;
}

interface Operation {
  eltwise?: Eltwise;
  compute: (x: number) => number;
  follows?: boolean;
  /** It tells true from false. */
  boolean?: boolean;
}

const logistic = (x: number) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));

const operations = {
  Abs: { eltwise: { algorithm: Algorithm.abs }, compute: Math.abs },
  Neg: { eltwise: { algorithm: Algorithm.linear, alpha: -1 }, compute: (x) => -x, follows: true },
  Exp: { eltwise: { algorithm: Algorithm.exp }, compute: Math.exp },
  Log: { eltwise: { algorithm: Algorithm.log }, compute: Math.log },
  Log1p: { compute: Math.log1p },
  Expm1: { compute: Math.expm1 },
  Sqrt: { eltwise: { algorithm: Algorithm.sqrt }, compute: Math.sqrt },
  Rsqrt: { eltwise: { algorithm: Algorithm.pow, alpha: 1, beta: -0.5 }, compute: (x) => 1 / Math.sqrt(x) },
  Square: { eltwise: { algorithm: Algorithm.square }, compute: (x) => x * x },
  Reciprocal: { eltwise: { algorithm: Algorithm.pow, alpha: 1, beta: -1 }, compute: (x) => 1 / x },
  Tanh: { eltwise: { algorithm: Algorithm.tanh }, compute: Math.tanh },
  Sigmoid: { eltwise: { algorithm: Algorithm.logistic }, compute: logistic },
  Softplus: { compute: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))) },
  Relu: { eltwise: { algorithm: Algorithm.relu }, compute: (x) => Math.max(x, 0), follows: true },
  Relu6: {
    eltwise: { algorithm: Algorithm.clip, alpha: 0, beta: 6 },
    compute: (x) => Math.min(6, Math.max(0, x)),
    follows: true,
  },
  Elu: { eltwise: { algorithm: Algorithm.elu, alpha: 1 }, compute: (x) => (x > 0 ? x : Math.expm1(x)) },
  Erf: { compute: erf },
  Sin: { compute: Math.sin },
  Cos: { compute: Math.cos },
  Acos: { compute: Math.acos },
  Asin: { compute: Math.asin },
  Floor: { compute: Math.floor },
  Ceil: { compute: Math.ceil },
  Rint: { compute: roundHalfEven },
  Sign: { compute: Math.sign },
  IsNan: { compute: (x) => (Number.isNaN(x) ? 1 : 0), boolean: true },
  LogicalNot: { compute: (x) => (x === 0 ? 1 : 0) },
} satisfies Record<string, Operation>;

type UnaryName = keyof typeof operations;

const rule = (name: UnaryName): OpRule => {
  const { eltwise, compute, follows, boolean }: Operation = operations[name];
  return {
    infer: boolean ? (node) => [{ shape: [...input(node, 0).shape], dtype: DataType.BOOL }] : like(),
    ...(follows ? { low: { kind: 'follow' as const } } : {}),
    emit: (node, e) => {
      const x = e.tensor(input(node, 0));
      if (eltwise && isFloat(x) && isWorthwhile(x)) unary(e, eltwise, x, output(node));
      else if (eltwise && x.dtype !== output(node).dtype) throw new Error(`${node.op} changes no type.`);
      else elementwise(e, name, [x], e.output(output(node)), compute);
    },
  };
};

export const unaryRules = Object.fromEntries(
  (Object.keys(operations) as UnaryName[]).map((name) => [name, rule(name)]),
) as Record<UnaryName, OpRule>;

/** Writes one pass over all values. */
export function unary(
  e: Emitter,
  { algorithm, alpha = 0, beta = 0 }: Eltwise,
  x: Tensor,
  target: Value,
): void {
  const { primitives } = e;
  const from = flat(e, x);
  const y = e.output(target);
  const to = flat(e, y);
  const primitive = primitives.make(
    `eltwise ${algorithm} ${alpha} ${beta} ${from.layout.key} ${to.layout.key}`,
    (api, out, attributes) =>
      api.eltwise(
        out,
        primitives.library.engine,
        Propagation.inference,
        algorithm,
        from.layout.pointer,
        to.layout.pointer,
        alpha,
        beta,
        attributes,
      ),
  );
  const inPlace = bytesOf(x.dtype) === bytesOf(y.dtype) ? [{ write: y, read: x }] : [];
  e.run('eltwise', primitive, [[Argument.src, from]], [[Argument.dst, to]], { inPlace });
}

/** Rounds to even where two whole numbers are as near. */
function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** The error function to single precision: its series for small values, the continued fraction of its complement otherwise. */
function erf(x: number): number {
  const a = Math.abs(x);
  if (a > 6) return Math.sign(x);
  if (a < 2.5) {
    let term = a;
    let sum = a;
    for (let n = 1; n < 60 && Math.abs(term) > 1e-17; n++) {
      term *= -(a * a) / n;
      sum += term / (2 * n + 1);
    }
    return (Math.sign(x) * sum * 2) / Math.sqrt(Math.PI);
  }
  let fraction = 0;
  for (let n = 40; n > 0; n--) fraction = n / 2 / (a + fraction);
  return Math.sign(x) * (1 - Math.exp(-a * a) / ((a + fraction) * Math.sqrt(Math.PI)));
}
