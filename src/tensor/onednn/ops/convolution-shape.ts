import type { Node } from '../../graph/ir.ts';
import type { ConvolutionShape } from '../convolutions.ts';
import { input, option } from './rule.ts';

/** Shapes of a convolution's op, or of the gradient's, which has them in other places. */
export const shapeOf = (
  node: Node,
  { x, filter, y }: Pick<ConvolutionShape, 'x' | 'filter' | 'y'>,
): ConvolutionShape => ({
  ...{ x, filter, y },
  stride: option(node, 'stride'),
  padding: option(node, 'padding'),
});

/** The result's shape [n, h, w, channels] of an op with inputs x and filter. */
export function resultShape(node: Node, channels: number): number[] {
  const [x, filter] = [input(node, 0).shape, input(node, 1).shape];
  const [stride, padding] = [option(node, 'stride'), option(node, 'padding')];
  const side = (axis: number) => Math.floor((x[axis]! + 2 * padding - filter[axis - 1]!) / stride) + 1;
  return [x[0]!, side(1), side(2), channels];
}
