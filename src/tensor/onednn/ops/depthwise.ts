import { attribute, type Node } from '../../graph/ir.ts';
import { DataType } from '../../native/library.ts';
import {
  type ConvolutionShape,
  convolutionData,
  convolutionWeights,
  forward,
  nameOf,
  picture,
  weights,
} from '../convolutions.ts';
import { Argument, Query } from '../library.ts';
import { resultShape, shapeOf } from './convolution-shape.ts';
import { input, type OpRule, output } from './rule.ts';

const depthwiseShape = (
  node: Node,
  shapes: Pick<ConvolutionShape, 'x' | 'filter' | 'y'>,
): ConvolutionShape => ({
  ...shapeOf(node, shapes),
  depthwise: true,
});

/** x, filter → y: each channel by a filter of its own */
export const depthwise: OpRule = {
  low: { kind: 'product' },
  infer: (node) => {
    const [x, filter] = [input(node, 0), input(node, 1)];
    if (filter.shape[2] !== x.shape[3] || filter.shape[3] !== 1)
      throw new Error(`A depthwise filter [${filter.shape}] over [${x.shape}].`);
    return [{ shape: resultShape(node, x.shape[3]!), dtype: x.dtype }];
  },
  emit: (node, e) => {
    const x = e.tensor(input(node, 0));
    const filter = input(node, 1);
    const shape = depthwiseShape(node, { x: x.shape, filter: filter.shape, y: output(node).shape });
    const primitive = forward(e, shape, x.dtype, { training: true });
    e.run(
      nameOf(shape),
      primitive,
      [
        [Argument.src, picture(e, x)],
        [Argument.weights, weights(e, shape, filter, primitive.layout(Query.weights), x.dtype)],
      ],
      [[Argument.dst, picture(e, e.output(output(node)))]],
    );
  },
};

/** dy, filter → dx */
export const depthwiseInputGradient: OpRule = {
  low: { kind: 'product' },
  infer: (node) => [{ shape: [...attribute<number[]>(node, 'shape')!], dtype: input(node, 0).dtype }],
  emit: (node, e) => {
    const dy = e.tensor(input(node, 0));
    const filter = input(node, 1);
    const shape = depthwiseShape(node, { x: output(node).shape, filter: filter.shape, y: dy.shape });
    convolutionData(e, shape, dy, filter, e.output(output(node)));
  },
};

/** dy, x → the filter's gradient, float32 */
export const depthwiseFilterGradient: OpRule = {
  low: { kind: 'product', float32: true },
  infer: (node) => [{ shape: [...attribute<number[]>(node, 'shape')!], dtype: DataType.FLOAT }],
  emit: (node, e) => {
    const [dy, x] = [e.tensor(input(node, 0)), e.tensor(input(node, 1))];
    const shape = depthwiseShape(node, { x: x.shape, filter: output(node).shape, y: dy.shape });
    convolutionWeights(e, shape, x, dy, e.output(output(node)));
  },
};
