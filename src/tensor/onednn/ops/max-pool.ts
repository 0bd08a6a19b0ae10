import type { Node } from '../../graph/ir.ts';
import { picture, pictureLayout } from '../convolutions.ts';
import type { Emitter, Tensor } from '../emitter.ts';
import { Algorithm, Argument, Propagation, Query } from '../library.ts';
import { vector } from '../primitives.ts';
import { input, type OpRule, option, output } from './rule.ts';

const DENSE = vector([0, 0]);

/** Window, stride and paddings as oneDNN takes them. */
function geometry(node: Node, x: readonly number[], y: readonly number[]) {
  const [window, stride, padding] = ['window', 'stride', 'padding'].map((name) => option(node, name)) as [
    number,
    number,
    number,
  ];
  const right = (axis: number) => (y[axis]! - 1) * stride + window - x[axis]! - padding;
  return {
    strides: vector([stride, stride]),
    kernel: vector([window, window]),
    left: vector([padding, padding]),
    right: vector([right(1), right(2)]),
    key: `${x}|${window}|${stride}|${padding}`,
  };
}

function forward(e: Emitter, node: Node, x: readonly number[], y: readonly number[], dtype: number) {
  const { primitives } = e;
  const { key, strides, kernel, left, right } = geometry(node, x, y);
  return primitives.make(`max pool ${dtype} ${key}`, (api, out, attributes) =>
    api.pooling(
      out,
      primitives.library.engine,
      Propagation.training,
      Algorithm.poolingMax,
      pictureLayout(e, x, dtype).pointer,
      pictureLayout(e, y, dtype).pointer,
      strides,
      kernel,
      DENSE,
      left,
      right,
      attributes,
    ),
  );
}

export const maxPool: OpRule = {
  low: { kind: 'follow' },
  infer: (node) => {
    const { shape, dtype } = input(node, 0);
    const [window, stride, padding] = [
      option(node, 'window'),
      option(node, 'stride'),
      option(node, 'padding'),
    ];
    const side = (axis: number) => Math.floor((shape[axis]! + 2 * padding - window) / stride) + 1;
    return [{ shape: [shape[0]!, side(1), side(2), shape[3]!], dtype }];
  },
  emit: (node, e) => {
    const x = e.tensor(input(node, 0));
    const y = e.output(output(node));
    const primitive = forward(e, node, x.shape, y.shape, x.dtype);
    // Where each maximum was.
    const workspace = e.opaque(primitive.layout(Query.workspace));
    e.facts.set(node, { workspace });
    e.run(
      'max pool',
      primitive,
      [[Argument.src, picture(e, x)]],
      [
        [Argument.dst, picture(e, y)],
        [Argument.workspace, workspace],
      ],
    );
  },
};

/** dy, x, y → dx */
export const maxPoolGradient: OpRule = {
  low: { kind: 'follow', watch: [1, 2] },
  infer: (node) => {
    const { shape, dtype } = input(node, 1);
    return [{ shape: [...shape], dtype }];
  },
  emit: (node, e) => {
    const { primitives } = e;
    const { node: pool } = input(node, 2);
    const workspace = e.facts.get(pool)?.workspace as Tensor | undefined;
    if (!workspace) throw new Error('The gradient of a maximum whose forward pass is not in this step.');
    const dy = e.tensor(input(node, 0));
    const dx = e.output(output(node));
    const { key, strides, kernel, left, right } = geometry(node, dx.shape, dy.shape);
    const hint = forward(e, node, dx.shape, dy.shape, dy.dtype);
    const primitive = primitives.make(`max pool backward ${dy.dtype} ${key}`, (api, out, attributes) =>
      api.poolingBackward(
        out,
        primitives.library.engine,
        Algorithm.poolingMax,
        pictureLayout(e, dx.shape, dy.dtype).pointer,
        pictureLayout(e, dy.shape, dy.dtype).pointer,
        strides,
        kernel,
        DENSE,
        left,
        right,
        hint.desc,
        attributes,
      ),
    );
    e.run(
      'max pool backward',
      primitive,
      [
        [Argument.diffDst, picture(e, dy)],
        [Argument.workspace, workspace],
      ],
      [[Argument.diffSrc, picture(e, dx)]],
    );
  },
};
