import type { Node } from '../../graph/ir.ts';
import { picture } from '../convolutions.ts';
import type { Emitter, Tensor } from '../emitter.ts';
import { Algorithm } from '../library.ts';
import type { PostOp } from '../primitives.ts';
import { binary } from './binary.ts';
import { convolve } from './convolution.ts';
import { input, like, type OpRule, output } from './rule.ts';

const RELU: PostOp = { kind: 'eltwise', algorithm: Algorithm.relu };

/** Convolutions that take a bias, a sum and ReLU with them. */
const convolutions: Record<string, typeof convolve | undefined> = {
  FacecomConv2D: convolve,
};

/** x, bias: a value a channel. Of a convolution that nothing else uses it becomes a part, with what follows in evaluation. */
export const biasAdd: OpRule = {
  low: { kind: 'follow', watch: [0], keep: 1 },
  infer: like(),
  emit: (node, e) => {
    const convolution = input(node, 0).node;
    const bias = e.tensor(input(node, 1));
    const write = e.soleUser(input(node, 0), node.op) && convolutions[convolution.op];
    if (!write) {
      binary(e, Algorithm.add, e.tensor(input(node, 0)), bias, output(node));
      return;
    }
    const { target, postOps, added } = following(node, e);
    write(convolution, e, output(target), { bias, postOps, added });
  },
};

/** The sum with another image that is there already and the ReLU that alone follow. */
function following(node: Node, e: Emitter): { target: Node; postOps: PostOp[]; added?: Tensor } {
  const relu = e.soleUser(output(node), 'FacecomRelu');
  if (relu) {
    e.finish(relu);
    return { target: relu, postOps: [RELU] };
  }
  const sum = e.soleUser(output(node), 'Add') ?? e.soleUser(output(node), 'AddV2');
  const other = sum && [input(sum, 0), input(sum, 1)].find((value) => value !== output(node));
  const fits =
    other && e.has(other) && other.shape.join() === node.outputs[0]!.shape.join() && other.shape.length === 4;
  if (!fits || other.dtype !== output(node).dtype) return { target: node, postOps: [] };
  const added = e.tensor(other);
  const postOps: PostOp[] = [{ kind: 'binary', algorithm: Algorithm.add, layout: picture(e, added).layout }];
  e.finish(sum);
  const last = e.soleUser(output(sum), 'FacecomRelu');
  if (!last) return { target: sum, postOps, added };
  e.finish(last);
  return { target: last, postOps: [...postOps, RELU], added };
}
