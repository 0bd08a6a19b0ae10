import type { Emitter, Tensor } from '../emitter.ts';
import { Algorithm, Argument, Propagation } from '../library.ts';
import { isFusedReluGradient } from './batch-norm.ts';
import { input, like, type OpRule, output } from './rule.ts';

/** All values of a dense tensor in a row. */
export const flat = (e: Emitter, tensor: Tensor): Tensor =>
  e.view(tensor, [tensor.shape.reduce((a, b) => a * b, 1)]);

const forward = (e: Emitter, x: Tensor) =>
  e.primitives.make(`relu ${x.layout.key}`, (api, out, attributes) =>
    api.eltwise(
      out,
      e.primitives.library.engine,
      Propagation.training,
      Algorithm.relu,
      x.layout.pointer,
      x.layout.pointer,
      0,
      0,
      attributes,
    ),
  );

export const relu: OpRule = {
  low: { kind: 'follow' },
  infer: like(),
  emit: (node, e) => {
    const x = flat(e, e.tensor(input(node, 0)));
    const y = e.output(output(node));
    e.run('relu', forward(e, x), [[Argument.src, x]], [[Argument.dst, flat(e, y)]], {
      inPlace: [{ write: y, read: x }],
    });
  },
};

/** dy, y → dx */
export const reluGradient: OpRule = {
  low: { kind: 'follow', watch: [1] },
  infer: like(),
  emit: (node, e) => {
    if (isFusedReluGradient(node, e)) return;
    const { primitives } = e;
    const [dy, y] = [flat(e, e.tensor(input(node, 0))), flat(e, e.tensor(input(node, 1)))];
    const primitive = primitives.make(
      `relu backward ${dy.layout.key} ${y.layout.key}`,
      (api, out, attributes) =>
        api.eltwiseBackward(
          out,
          primitives.library.engine,
          Algorithm.reluFromResult,
          dy.layout.pointer,
          dy.layout.pointer,
          y.layout.pointer,
          0,
          0,
          forward(e, y).desc,
          attributes,
        ),
    );
    const dx = e.output(output(node));
    e.run(
      'relu backward',
      primitive,
      [
        [Argument.dst, y],
        [Argument.diffDst, dy],
      ],
      [[Argument.diffSrc, flat(e, dx)]],
      { inPlace: [{ write: dx, read: dy }] },
    );
  },
};
