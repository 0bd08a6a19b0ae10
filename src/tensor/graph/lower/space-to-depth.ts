import { attribute, type Node, strideOf, type Trace, type Value } from '../ir.ts';
import { type Emitter, rewrite } from './rewrite.ts';

/** More channels than these fill a vector register well enough. */
const FEW_CHANNELS = 4;

/**
 * A strided convolution of an image with few channels, such as a network's first, as one without stride on the image's
 * cells: stride × stride pixels side by side as channels (3 → 12 for stride 2). The gradient of its filter is as fast as
 * that of other convolutions then, in place of several times slower.
 */
export function spaceToDepth(trace: Trace): Trace {
  const cells = new Map<Value, Value>();
  return rewrite(trace, (node, emit) => {
    const geometry = geometryOf(node);
    if (!geometry) return undefined;
    const x = node.inputs[0] as Value;
    const picture = cells.get(x) ?? toCells(x, geometry, emit);
    cells.set(x, picture);
    const attributes = node.attributes
      .filter(({ name }) => name !== 'explicit_paddings')
      .map((a) => {
        if (a.name === 'strides') return { ...a, value: [1, 1, 1, 1] };
        return a.name === 'padding' ? { ...a, value: 'VALID' } : a;
      });
    if (node.op === 'Conv2D') {
      const filter = toCellFilter(node.inputs[1] as Value, geometry, emit);
      return [emit.op('Conv2D', attributes, [picture, filter], node.outputs[0]!)];
    }
    const dy = node.inputs[2] as Value;
    const shape = cellFilterShape(geometry);
    const gradient = emit.op('Conv2DBackpropFilter', attributes, [picture, emit.integers(shape), dy], {
      shape,
      dtype: node.outputs[0]!.dtype,
    });
    return [fromCellFilter(gradient, geometry, emit)];
  });
}

interface Geometry {
  stride: number;
  padding: number;
  kernel: number;
  input: number;
  output: number;
  /** Of the convolution's output. */
  rows: number;
  columns: number;
  /** Kernel in cells. */
  reach: number;
}

function geometryOf(node: Node): Geometry | undefined {
  const gradient = node.op === 'Conv2DBackpropFilter';
  if (node.op !== 'Conv2D' && !gradient) return undefined;
  const filter = gradient ? node.outputs[0]!.shape : (node.inputs[1] as Value).shape;
  const y = gradient ? (node.inputs[2] as Value).shape : node.outputs[0]!.shape;
  const [kernel, width, input, output] = filter as [number, number, number, number];
  const stride = strideOf(node);
  const paddings = attribute<number[]>(node, 'explicit_paddings');
  const padding = paddings?.[2] ?? 0;
  if (stride === 1 || input > FEW_CHANNELS || kernel !== width || kernel <= stride) return undefined;
  if (attribute(node, 'padding') === 'SAME') return undefined;
  const reach = Math.ceil(kernel / stride);
  return { stride, padding, kernel, input, output, rows: y[1]!, columns: y[2]!, reach };
}

/** [batch, height, width, in] → [batch, rows + reach − 1, columns + reach − 1, stride · stride · in] */
function toCells(x: Value, { stride, padding, rows, columns, reach, input }: Geometry, emit: Emitter): Value {
  const [height, width] = [rows + reach - 1, columns + reach - 1];
  const after = (cells: number, n: number) => cells * stride - padding - n;
  const [batch] = x.shape as [number];
  const [below, right] = [after(height, x.shape[1]!), after(width, x.shape[2]!)];
  const fit = cut(x, below, right, emit);
  const none = [0, 0] as const;
  const padded = emit.pad(fit, [none, [padding, Math.max(0, below)], [padding, Math.max(0, right)], none]);
  const split = emit.reshape(padded, [batch, height, stride, width, stride * input]);
  return emit.reshape(emit.transpose(split, [0, 1, 3, 2, 4]), [
    batch,
    height,
    width,
    stride * stride * input,
  ]);
}

/** Rows and columns that no window reaches are left out. */
function cut(x: Value, below: number, right: number, emit: Emitter): Value {
  if (below >= 0 && right >= 0) return x;
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  return emit.slice(
    x,
    [0, 0, 0, 0],
    [batch, height + Math.min(0, below), width + Math.min(0, right), channels],
  );
}

const cellFilterShape = ({ reach, stride, input, output }: Geometry): number[] => [
  reach,
  reach,
  stride * stride * input,
  output,
];

function toCellFilter(filter: Value, geometry: Geometry, emit: Emitter): Value {
  const { stride, kernel, input, output, reach } = geometry;
  const extra = [0, reach * stride - kernel] as const;
  const padded = emit.pad(filter, [extra, extra, [0, 0], [0, 0]]);
  const split = emit.reshape(padded, [reach, stride, reach, stride, input * output]);
  return emit.reshape(emit.transpose(split, [0, 2, 1, 3, 4]), cellFilterShape(geometry));
}

function fromCellFilter(
  gradient: Value,
  { stride, kernel, input, output, reach }: Geometry,
  emit: Emitter,
): Value {
  const split = emit.reshape(gradient, [reach, reach, stride, stride, input * output]);
  const whole = [reach * stride, reach * stride, input, output];
  const picture = emit.reshape(emit.transpose(split, [0, 2, 1, 3, 4]), whole);
  return emit.slice(picture, [0, 0, 0, 0], [kernel, kernel, input, output]);
}
