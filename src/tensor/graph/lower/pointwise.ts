import { attribute, type Node, strideOf, type Trace, type Value } from '../ir.ts';
import type { RewriteOptions } from './options.ts';
import { type Emitter, pixels, rewrite } from './rewrite.ts';

/**
 * A 1×1 convolution and its gradients as matrix products over [batch · height · width, channels]. oneDNN's products are faster
 * than its convolutions where images are small and channels many, above all for the gradient of the filter. A convolution whose
 * result gets a bias, as in evaluation, stays one: bias, sum and ReLU become part of it.
 */
export function pointwise(trace: Trace, { precision }: RewriteOptions): Trace {
  const biased = new Set(
    trace.nodes.filter(({ op }) => op === 'BiasAdd').map(({ inputs }) => (inputs[0] as Value).node),
  );
  return rewrite(trace, (node, emit, old) => {
    if (biased.has(old)) return undefined;
    const replaced = replacements[node.op]?.(node, emit, precision);
    return replaced && [replaced];
  });
}

type Replacement = (node: Node, emit: Emitter, precision: RewriteOptions['precision']) => Value | undefined;

const replacements: Record<string, Replacement> = {
  Conv2D: (node, emit) => {
    const [x, filter] = node.inputs as [Value, Value];
    if (!isPointwise(node, filter.shape)) return undefined;
    const product = emit.product(
      pixels(emit.subsample(x, strideOf(node)), emit),
      emit.reshape(filter, matrix(filter.shape)),
    );
    return emit.reshape(product, node.outputs[0]!.shape);
  },
  Conv2DBackpropInput: (node, emit, precision) => {
    const [, filter, dy] = node.inputs as [Value, Value, Value];
    if (!isPointwise(node, filter.shape)) return undefined;
    const weights = emit.reshape(filter, matrix(filter.shape));
    const product =
      precision === 'float32'
        ? emit.product(
            pixels(dy, emit),
            emit.once(dy, () => transposed(weights, emit)),
          )
        : emit.product(pixels(dy, emit), weights, false, true);
    const [batch, height, width] = dy.shape as [number, number, number];
    const { shape } = node.outputs[0]!;
    const picture = emit.reshape(product, [batch, height, width, shape[3]!]);
    return emit.spread(picture, shape, strideOf(node));
  },
  Conv2DBackpropFilter: (node, emit) => {
    const [x, , dy] = node.inputs as [Value, Value, Value];
    const { shape } = node.outputs[0]!;
    if (!isPointwise(node, shape) || isLong(node, dy)) return undefined;
    const product = emit.product(pixels(emit.subsample(x, strideOf(node)), emit), pixels(dy, emit), true);
    return emit.reshape(product, shape);
  },
};

/** Pixels from which oneDNN's convolution is the faster one for the gradient of a filter (measured on Zen 4). */
const LONG = 16_384;

const isLong = (node: Node, dy: Value): boolean =>
  strideOf(node) === 1 && dy.shape[0]! * dy.shape[1]! * dy.shape[2]! >= LONG;

const isPointwise = (node: Node, filter: number[]): boolean =>
  filter[0] === 1 && filter[1] === 1 && attribute(node, 'padding') !== 'EXPLICIT';

const matrix = (filter: number[]): number[] => [filter[2]!, filter[3]!];

/**
 * The transpose, made before the product. oneDNN's float32 product with a transposed second matrix uses a second thread badly: up to
 * a third slower (Zen 4). TensorFlow folds a transpose of two axes into the product, one of three it leaves.
 */
function transposed(weights: Value, emit: Emitter): Value {
  const [rows, columns] = weights.shape as [number, number];
  return emit.reshape(emit.transpose(emit.reshape(weights, [1, rows, columns]), [0, 2, 1]), [columns, rows]);
}
