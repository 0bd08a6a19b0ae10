import { attribute, type Node, size, type Value } from '../../graph/ir.ts';
import type { Emitter, Tensor } from '../emitter.ts';
import { Algorithm, Argument } from '../library.ts';
import type { PostOp } from '../primitives.ts';
import { LARGE } from './elementwise.ts';
import { lateDecay } from './late-decay.ts';
import { flat } from './relu.ts';
import { input, type OpRule } from './rule.ts';
import { variableOf } from './sources.ts';

const target = (node: Node, e: Emitter, index = 0): Tensor =>
  flat(e, e.variable(variableOf(input(node, index).node)));

const effect = (emit: (node: Node, e: Emitter) => void): OpRule => ({
  infer: () => [],
  emit: (node, e) => {
    emit(node, e);
    for (const argument of node.inputs as Value[])
      if (argument.node.op === 'VarHandleOp') e.written(e.variable(variableOf(argument.node)).storage);
  },
});

export const assign = effect((node, e) => {
  const value = flat(e, e.tensor(input(node, 1)));
  e.copy(value, target(node, e));
});

export const assignAdd = effect((node, e) => accumulate(node, e, Algorithm.add));
export const assignSub = effect((node, e) => accumulate(node, e, Algorithm.sub));

function accumulate(node: Node, e: Emitter, algorithm: number): void {
  const [variable, value] = [target(node, e), flat(e, e.tensor(input(node, 1)))];
  const sign = algorithm === Algorithm.add ? 1 : -1;
  if (size(variable.shape) < LARGE) {
    e.host('assign add', [value], [variable], ([from, to]) => {
      for (let i = 0; i < to!.length; i++) to![i]! += sign * from![i]!;
    });
    e.alsoReads(variable);
    return;
  }
  pass(e, algorithm, variable, value, variable);
}

/** One pass: to = a op b, then the post-ops, whose arrays are given with them. */
function pass(
  e: Emitter,
  algorithm: number,
  a: Tensor,
  b: Tensor,
  to: Tensor,
  postOps: ReadonlyArray<{ op: PostOp; tensor?: Tensor }> = [],
): void {
  const { primitives } = e;
  const primitive = primitives.make(
    `binary ${algorithm} ${a.layout.key} ${b.layout.key} ${to.layout.key}`,
    (api, out, attributes) =>
      api.binary(
        out,
        primitives.library.engine,
        algorithm,
        a.layout.pointer,
        b.layout.pointer,
        to.layout.pointer,
        attributes,
      ),
    postOps.map(({ op }) => op),
  );
  const extra = postOps.flatMap(
    ({ tensor }, index): Array<[number, Tensor]> => (tensor ? [[Argument.postOp(index), tensor]] : []),
  );
  e.run('update', primitive, [[Argument.src, a], [Argument.src1, b], ...extra], [[Argument.dst, to]]);
  if (postOps.some(({ op }) => op.kind === 'sum')) e.alsoReads(to);
}

const number = (node: Node, index: number): number => Number(input(node, index).node.constant!.values[0]);

/** The arguments of TensorFlow's ResourceApplyAdam: var, m, v, beta1 power, beta2 power, rate, beta1, beta2, epsilon, gradient. */
export const applyAdam = effect((node, e) => {
  const [variable, m, v] = [target(node, e, 0), target(node, e, 1), target(node, e, 2)];
  const [power1, power2, rate, epsilon] = [3, 4, 5, 8].map((index) => e.tensor(input(node, index))) as [
    Tensor,
    Tensor,
    Tensor,
    Tensor,
  ];
  const [beta1, beta2] = [number(node, 6), number(node, 7)];
  const late = lateDecay(e, node);
  const gradient = flat(e, e.tensor(late?.gradient ?? input(node, 9)));
  if (size(variable.shape) < LARGE) {
    e.host('adam', [power1, power2, rate, epsilon, gradient], [variable, m, v], (arrays) => {
      const [p1, p2, lr, eps, g, to, first, second] = arrays as Float32Array[];
      const step = (lr![0]! * Math.sqrt(1 - p2![0]!)) / (1 - p1![0]!);
      for (let i = 0; i < to!.length; i++) {
        first![i] = first![i]! + (g![i]! - first![i]!) * (1 - beta1);
        second![i] = second![i]! + (g![i]! * g![i]! - second![i]!) * (1 - beta2);
        to![i]! -= (first![i]! * step) / (Math.sqrt(second![i]!) + eps![0]!);
      }
    });
    for (const tensor of [variable, m, v]) e.alsoReads(tensor);
    return;
  }
  const step = e.shared(`adam step ${[3, 4, 5].map((index) => e.idOf(input(node, index)))}`, () => {
    const found = e.fresh([1], variable.dtype);
    e.host('adam step', [power1, power2, rate], [found], ([p1, p2, lr, to]) => {
      to![0] = (-lr![0]! * Math.sqrt(1 - p2![0]!)) / (1 - p1![0]!);
    });
    return found;
  });
  // Of parts that stay in the cache from pass to pass.
  for (const [from, count] of parts(size(variable.shape))) {
    const part = (tensor: Tensor) => e.view(tensor, [count], [1], from);
    const [w, g, first, second] = [part(variable), part(gradient), part(m), part(v)];
    if (late) addDecay(e, g, w, late.decay);
    // v ← beta2 · v + (1 − beta2) · g²
    pass(e, Algorithm.mul, g, g, second, [
      { op: { kind: 'eltwise', algorithm: Algorithm.linear, alpha: 1 - beta2 } },
      { op: { kind: 'sum', scale: beta2 } },
    ]);
    // m ← beta1 · m + (1 − beta1) · g
    pass(e, Algorithm.mul, g, e.number(1 - beta1), first, [{ op: { kind: 'sum', scale: beta1 } }]);
    // w ← w + step · m / (√v + epsilon)
    pass(e, Algorithm.add, second, e.number(0), w, [
      { op: { kind: 'eltwise', algorithm: Algorithm.sqrt } },
      { op: binaryOp(Algorithm.add, epsilon), tensor: e.view(epsilon, [1]) },
      { op: { kind: 'eltwise', algorithm: Algorithm.pow, alpha: 1, beta: -1 } },
      { op: binaryOp(Algorithm.mul, first), tensor: first },
      { op: binaryOp(Algorithm.mul, step), tensor: step },
      { op: { kind: 'sum' } },
    ]);
    e.writtenPart(variable, from, count);
  }

  function binaryOp(algorithm: number, tensor: Tensor): PostOp {
    const layout = tensor.shape.length === 0 ? e.view(tensor, [1]).layout : tensor.layout;
    return { kind: 'binary', algorithm, layout };
  }
});

/** The arguments of TensorFlow's ResourceApplyMomentum: var, buffer, rate, gradient, momentum. */
export const applyMomentum = effect((node, e) => {
  const [variable, buffer] = [target(node, e, 0), target(node, e, 1)];
  const rate = e.tensor(input(node, 2));
  const late = lateDecay(e, node);
  const gradient = flat(e, e.tensor(late?.gradient ?? input(node, 3)));
  const momentum = number(node, 4);
  const nesterov = attribute<boolean>(node, 'use_nesterov') ?? false;
  if (size(variable.shape) < LARGE) {
    e.host('momentum', [rate, gradient], [variable, buffer], (arrays) => {
      const [lr, g, to, sum] = arrays as Float32Array[];
      for (let i = 0; i < to!.length; i++) {
        sum![i] = sum![i]! * momentum + g![i]!;
        to![i]! -= lr![0]! * (nesterov ? g![i]! + sum![i]! * momentum : sum![i]!);
      }
    });
    for (const tensor of [variable, buffer]) e.alsoReads(tensor);
    return;
  }
  const step = e.shared(`minus rate ${e.idOf(input(node, 2))}`, () => {
    const found = e.fresh([1], variable.dtype);
    e.host('minus rate', [rate], [found], ([lr, to]) => {
      to![0] = -lr![0]!;
    });
    return found;
  });
  for (const [from, count] of parts(size(variable.shape))) {
    const part = (tensor: Tensor) => e.view(tensor, [count], [1], from);
    const [w, g, sum] = [part(variable), part(gradient), part(buffer)];
    if (late) addDecay(e, g, w, late.decay);
    // buffer ← momentum · buffer + g
    pass(e, Algorithm.mul, g, e.number(1), sum, [{ op: { kind: 'sum', scale: momentum } }]);
    // w ← w − rate · (buffer, or g + momentum · buffer)
    const scaled: Array<{ op: PostOp; tensor?: Tensor }> = nesterov
      ? [{ op: { kind: 'binary', algorithm: Algorithm.add, layout: g.layout }, tensor: g }]
      : [];
    pass(e, Algorithm.mul, sum, e.number(nesterov ? momentum : 1), w, [
      ...scaled,
      { op: { kind: 'binary', algorithm: Algorithm.mul, layout: step.layout }, tensor: step },
      { op: { kind: 'sum' } },
    ]);
    e.writtenPart(variable, from, count);
  }
});

/** g ← g + decay · w */
const addDecay = (e: Emitter, g: Tensor, w: Tensor, decay: number): void =>
  pass(e, Algorithm.mul, w, e.number(decay), g, [{ op: { kind: 'sum' } }]);

/** Values that stay in a core's cache from one pass to the next. */
const PART = 1 << 17;

function parts(count: number): Array<[from: number, count: number]> {
  const found: Array<[number, number]> = [];
  for (let from = 0; from < count; from += PART) found.push([from, Math.min(PART, count - from)]);
  return found;
}
