import type { Node, Value } from '../../graph/ir.ts';
import { DataType } from '../../native/library.ts';
import { picture } from '../convolutions.ts';
import type { Emitter, Tensor } from '../emitter.ts';
import { Argument, Normalization, Propagation, Query } from '../library.ts';
import type { Primitive } from '../primitives.ts';
import { input, type OpRule, option, output } from './rule.ts';

interface Fused {
  primitive: Primitive;
  workspace: Tensor | undefined;
  /** The ReLU that is part of it. */
  relu: Node | undefined;
}

/** x, scale, offset → y, mean, variance (unbiased), mean, variance, and what only the gradient's primitive reads */
export const batchNorm: OpRule = {
  low: { kind: 'follow', watch: [0], keep: 1 },
  infer: (node) => {
    const x = input(node, 0);
    const channels = { shape: [x.shape.at(-1)!], dtype: DataType.FLOAT };
    return [
      { shape: [...x.shape], dtype: x.dtype },
      ...Array.from({ length: 4 }, () => ({ ...channels, shape: [...channels.shape] })),
      { shape: [1], dtype: DataType.FLOAT },
    ];
  },
  emit: (node, e) => {
    const { primitives } = e;
    const x = picture(e, e.tensor(input(node, 0)));
    const epsilon = option(node, 'epsilon');
    const relu = e.soleUser(output(node), 'FacecomRelu');
    const flags = Normalization.scale | Normalization.shift | (relu ? Normalization.relu : 0);
    const primitive = primitives.make(
      `batch norm ${x.layout.key} ${epsilon} ${flags}`,
      (api, out, attributes) =>
        api.batchNorm(
          out,
          primitives.library.engine,
          Propagation.training,
          x.layout.pointer,
          x.layout.pointer,
          epsilon,
          flags,
          attributes,
        ),
    );
    const y = e.output(relu ? output(relu) : output(node));
    const [mean, variance] = [e.output(output(node, 3)), e.output(output(node, 4))];
    e.define(output(node, 1), mean);
    const workspace = relu && e.opaque(primitive.layout(Query.workspace));
    const outputs: Array<[number, Tensor]> = [
      [Argument.dst, picture(e, y)],
      [Argument.mean, mean],
      [Argument.variance, variance],
    ];
    if (workspace) outputs.push([Argument.workspace, workspace]);
    e.run(
      'batch norm',
      primitive,
      [
        [Argument.src, x],
        [Argument.scale, e.tensor(input(node, 1))],
        [Argument.shift, e.tensor(input(node, 2))],
      ],
      outputs,
    );
    if (relu) e.finish(relu);
    const fused: Fused = { primitive, workspace, relu };
    e.facts.set(node, { fused });
    if (relu && e.lean) {
      // The step may have changed the parameters by then.
      const [scale, shift] = [1, 2].map((index) => copyOf(e, e.tensor(input(node, index)))) as [
        Tensor,
        Tensor,
      ];
      e.facts.set(relu, { recompute: () => recompute(node, e, y, scale, shift) });
    }
    unbiased(node, e, variance);
  },
};

function copyOf(e: Emitter, tensor: Tensor): Tensor {
  const copy = e.fresh(tensor.shape, tensor.dtype);
  e.copy(tensor, copy);
  return copy;
}

/** The same result again, of the statistics that were found before: in memory of its own, so that the first need not be kept. */
function recompute(node: Node, e: Emitter, like: Tensor, scale: Tensor, shift: Tensor): Tensor {
  const { primitives } = e;
  const x = picture(e, e.tensor(input(node, 0)));
  const epsilon = option(node, 'epsilon');
  const flags =
    Normalization.globalStatistics | Normalization.scale | Normalization.shift | Normalization.relu;
  const primitive = primitives.make(`batch norm again ${x.layout.key} ${epsilon}`, (api, out, attributes) =>
    api.batchNorm(
      out,
      primitives.library.engine,
      Propagation.inference,
      x.layout.pointer,
      x.layout.pointer,
      epsilon,
      flags,
      attributes,
    ),
  );
  const y = e.fresh(like.shape, like.dtype);
  e.run(
    'batch norm again',
    primitive,
    [
      [Argument.src, x],
      [Argument.mean, e.tensor(output(node, 3))],
      [Argument.variance, e.tensor(output(node, 4))],
      [Argument.scale, scale],
      [Argument.shift, shift],
    ],
    [[Argument.dst, picture(e, y)]],
  );
  return y;
}

/** What a gradient reads of a forward value: the value, or its like computed again where memory is to be saved. */
export function forBackward(e: Emitter, value: Value): Tensor {
  const again = e.facts.get(value.node)?.recompute as (() => Tensor) | undefined;
  return again ? again() : e.tensor(value);
}

function unbiased(node: Node, e: Emitter, variance: Tensor): void {
  const target = output(node, 2);
  if (e.users(target).length === 0 && !e.isFetched(target)) return;
  const x = input(node, 0);
  const n = x.shape.slice(0, -1).reduce((a, b) => a * b, 1);
  const factor = n / Math.max(1, n - 1);
  e.host('unbiased variance', [variance], [e.output(target)], ([from, to]) => {
    for (let i = 0; i < from!.length; i++) to![i] = from![i]! * factor;
  });
}

/** dy, x, scale, and what the forward op saved → dx, and the gradients of scale and offset */
export const batchNormGradient: OpRule = {
  low: { kind: 'follow', watch: [1], keep: 2 },
  infer: (node) => {
    const x = input(node, 1);
    const channels = x.shape.at(-1)!;
    return [
      { shape: [...x.shape], dtype: x.dtype },
      { shape: [channels], dtype: DataType.FLOAT },
      { shape: [channels], dtype: DataType.FLOAT },
    ];
  },
  emit: (node, e) => {
    const { primitives } = e;
    const forward = input(node, 3).node;
    const { primitive: hint, workspace, relu } = e.facts.get(forward)!.fused as Fused;
    // The gradient of a ReLU that is part of it is left to it.
    const gradient = relu && reluGradient(input(node, 0), relu);
    if (relu && !gradient) throw new Error('The gradient of a fused ReLU is computed apart from it.');
    const dy = picture(e, e.tensor(gradient ? input(gradient, 0) : input(node, 0)));
    const x = picture(e, e.tensor(input(node, 1)));
    const epsilon = option(node, 'epsilon');
    const flags = Normalization.scale | Normalization.shift | (relu ? Normalization.relu : 0);
    const primitive = primitives.make(
      `batch norm backward ${x.layout.key} ${epsilon} ${flags}`,
      (api, out, attributes) =>
        api.batchNormBackward(
          out,
          primitives.library.engine,
          Propagation.backward,
          x.layout.pointer,
          dy.layout.pointer,
          x.layout.pointer,
          epsilon,
          flags,
          hint.desc,
          attributes,
        ),
    );
    const dx = e.output(output(node));
    const inputs: Array<[number, Tensor]> = [
      [Argument.src, x],
      [Argument.diffDst, dy],
      [Argument.mean, e.tensor(input(node, 3))],
      [Argument.variance, e.tensor(input(node, 4))],
      [Argument.scale, e.tensor(input(node, 2))],
    ];
    if (workspace) inputs.push([Argument.workspace, workspace]);
    e.run(
      'batch norm backward',
      primitive,
      inputs,
      [
        [Argument.diffSrc, picture(e, dx)],
        [Argument.diffScale, e.output(output(node, 1))],
        [Argument.diffShift, e.output(output(node, 2))],
      ],
      dy.storage.bytes === x.storage.bytes ? { inPlace: [{ write: dx, read: dy }] } : {},
    );
  },
};

/** The op that computes the gradient of `relu`, where `dy` is its result. */
function reluGradient(dy: Value, relu: Node): Node | undefined {
  return dy.node.op === 'FacecomReluGrad' && input(dy.node, 1) === output(relu) ? dy.node : undefined;
}

/** Whether batch normalisation's gradient does this gradient of a ReLU: the ReLU is part of the forward op. */
export function isFusedReluGradient(node: Node, e: Emitter): boolean {
  const user = e.soleUser(output(node), 'FacecomBatchNormGrad');
  if (!user) return false;
  const fused = e.facts.get(input(user, 3).node)?.fused as Fused | undefined;
  return fused?.relu !== undefined && input(node, 1) === output(fused.relu);
}
