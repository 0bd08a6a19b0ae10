import { attribute, type Node, strideOf, type Trace, type Value } from '../ir.ts';
import { type Emitter, pixels, rewrite } from './rewrite.ts';

/** Pixels on a side of the gradient up to which a product beats oneDNN's kernel (measured on Zen 4, AVX512-BF16). */
const SMALL = 7;

/**
 * The gradient of a filter wider than a pixel, where images are small, as one product: the patches that the filter saw
 * [batch · height · width, kernel² · in], transposed, times the output's gradient.
 */
export function patches(trace: Trace): Trace {
  return rewrite(trace, (node, emit) => {
    if (node.op !== 'Conv2DBackpropFilter') return undefined;
    const [x, , dy] = node.inputs as [Value, Value, Value];
    const { shape } = node.outputs[0]!;
    const [kernel, width] = shape as [number, number];
    const padding = paddingOf(node, kernel);
    if (kernel === 1 || kernel !== width || dy.shape[1]! > SMALL || padding === undefined) return undefined;
    const window = { kernel, stride: strideOf(node), padding, rows: dy.shape[1]!, columns: dy.shape[2]! };
    const seen = emit.once(dy, () => patchesOf(x, window, emit));
    return [emit.reshape(emit.product(pixels(seen, emit), pixels(dy, emit), true), shape)];
  });
}

/** Pixels around the image; undefined if the sides differ. */
function paddingOf(node: Node, kernel: number): number | undefined {
  const padding = attribute<string>(node, 'padding');
  if (padding === 'VALID') return 0;
  return padding === 'SAME' && strideOf(node) === 1 && kernel % 2 === 1 ? (kernel - 1) / 2 : undefined;
}

interface Window {
  kernel: number;
  stride: number;
  padding: number;
  rows: number;
  columns: number;
}

/** [batch, rows, columns, kernel² · channels] */
function patchesOf(x: Value, { kernel, stride, padding, rows, columns }: Window, emit: Emitter): Value {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const reach = Math.ceil(kernel / stride);
  const side = (cells: number) => (cells + reach - 1) * stride;
  const [tall, wide] = [side(rows), side(columns)];
  const fit = emit.slice(
    x,
    [0, 0, 0, 0],
    [batch, Math.min(height, tall - padding), Math.min(width, wide - padding), channels],
  );
  const after = [tall - padding - fit.shape[1]!, wide - padding - fit.shape[2]!] as const;
  const padded = emit.pad(fit, [
    [0, 0],
    [padding, after[0]],
    [padding, after[1]],
    [0, 0],
  ]);
  // Pixels a stride apart are neighbours in their phase: plain slices are far faster than strided ones.
  const cells = emit.reshape(padded, [batch, tall / stride, stride, wide / stride, stride * channels]);
  const parts: Value[] = [];
  for (let i = 0; i < kernel; i++) {
    for (let j = 0; j < kernel; j++) {
      const begin = [0, Math.floor(i / stride), i % stride, Math.floor(j / stride), (j % stride) * channels];
      const part = emit.slice(cells, begin, [batch, rows, 1, columns, channels]);
      parts.push(emit.reshape(part, [batch, rows, columns, channels]));
    }
  }
  return emit.concat(parts, 3);
}
