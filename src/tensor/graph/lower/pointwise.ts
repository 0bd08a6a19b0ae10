import { attribute, type Node, type Trace, type Value } from '../ir.ts';
import { type Emitter, pixels, rewrite } from './rewrite.ts';

/**
 * A 1×1 convolution and its gradients as matrix products over [batch · height · width, channels]. oneDNN's products are faster
 * than its convolutions where pictures are small and channels many, above all for the gradient of the filter. A convolution whose
 * result gets a bias, as in evaluation, stays one: bias, sum and ReLU become part of it.
 */
export function pointwise(trace: Trace): Trace {
  const biased = new Set(
    trace.nodes.filter(({ op }) => op === 'BiasAdd').map(({ inputs }) => (inputs[0] as Value).node),
  );
  return rewrite(trace, (node, emit, old) => {
    if (biased.has(old)) return undefined;
    const replaced = replacements[node.op]?.(node, emit);
    return replaced && [replaced];
  });
}

const replacements: Record<string, (node: Node, emit: Emitter) => Value | undefined> = {
  Conv2D: (node, emit) => {
    const [x, filter] = node.inputs as [Value, Value];
    if (!isPointwise(node, filter.shape)) return undefined;
    const product = emit.product(
      pixels(emit.subsample(x, strideOf(node)), emit),
      emit.reshape(filter, matrix(filter.shape)),
    );
    return emit.reshape(product, node.outputs[0]!.shape);
  },
  Conv2DBackpropInput: (node, emit) => {
    const [, filter, dy] = node.inputs as [Value, Value, Value];
    if (!isPointwise(node, filter.shape)) return undefined;
    const product = emit.product(pixels(dy, emit), emit.reshape(filter, matrix(filter.shape)), false, true);
    const [batch, height, width] = dy.shape as [number, number, number];
    const { shape } = node.outputs[0]!;
    const picture = emit.reshape(product, [batch, height, width, shape[3]!]);
    return emit.spread(picture, shape, strideOf(node));
  },
  Conv2DBackpropFilter: (node, emit) => {
    const [x, , dy] = node.inputs as [Value, Value, Value];
    const { shape } = node.outputs[0]!;
    if (!isPointwise(node, shape)) return undefined;
    const product = emit.product(pixels(emit.subsample(x, strideOf(node)), emit), pixels(dy, emit), true);
    return emit.reshape(product, shape);
  },
};

const isPointwise = (node: Node, filter: number[]): boolean =>
  filter[0] === 1 && filter[1] === 1 && attribute(node, 'padding') !== 'EXPLICIT';

const strideOf = (node: Node): number => attribute<number[]>(node, 'strides')![1]!;

const matrix = (filter: number[]): number[] => [filter[2]!, filter[3]!];
