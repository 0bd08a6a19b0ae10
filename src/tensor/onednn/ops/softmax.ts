import type { Node } from '../../graph/ir.ts';
import type { Emitter } from '../emitter.ts';
import { Algorithm, Argument, Propagation } from '../library.ts';
import { input, like, type OpRule, output } from './rule.ts';

/** Over the last axis. */
const rule = (name: string, algorithm: number): OpRule => ({
  infer: like(),
  emit: (node: Node, e: Emitter) => {
    const { primitives } = e;
    const x = e.tensor(input(node, 0));
    const y = e.output(output(node));
    const axis = x.shape.length - 1;
    const primitive = primitives.make(`${name} ${x.layout.key}`, (api, out, attributes) =>
      api.softmax(
        out,
        primitives.library.engine,
        Propagation.inference,
        algorithm,
        x.layout.pointer,
        y.layout.pointer,
        axis,
        attributes,
      ),
    );
    e.run(name, primitive, [[Argument.src, x]], [[Argument.dst, y]], { inPlace: [{ write: y, read: x }] });
  },
});

export const softmax = rule('softmax', Algorithm.softmax);
export const logSoftmax = rule('log softmax', Algorithm.logSoftmax);
