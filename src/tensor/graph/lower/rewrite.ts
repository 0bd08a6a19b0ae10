import { DataType } from '../../native/library.ts';
import {
  type Argument,
  type Attribute,
  boolAttribute,
  constantNode,
  intAttribute,
  type Node,
  size,
  type Trace,
  typeAttribute,
  type Value,
} from '../ir.ts';

/** The shape and type that a new op's output has. */
export interface Output {
  shape: number[];
  /** A TF_DataType. */
  dtype: number;
}

/** Adds ops to the trace that is being written. Inputs must be values of that trace. */
export class Emitter {
  readonly nodes: Node[] = [];
  private readonly constants = new Map<string, Value>();
  /** The op that is being replaced: errors of its replacement name its line. */
  origin: Node['origin'];
  private control: Node[] = [];

  /**
   * Ops that `emit` adds run only once `value` is there. What the backward pass makes of the forward pass's values would otherwise be
   * made as soon as these exist, and be held until it is used.
   */
  once<T>(value: Value, emit: () => T): T {
    this.control = [value.node];
    try {
      return emit();
    } finally {
      this.control = [];
    }
  }

  /** Adds an op of one output. */
  op(op: string, attributes: Attribute[], inputs: Argument[], output: Output): Value {
    return this.ops(op, attributes, inputs, [output])[0]!;
  }

  ops(op: string, attributes: Attribute[], inputs: Argument[], outputs: Output[]): Value[] {
    const node: Node = { op, attributes, inputs, control: this.control, outputs: [], origin: this.origin };
    node.outputs = outputs.map(({ shape, dtype }, index) => ({ node, index, shape, dtype }));
    this.nodes.push(node);
    return node.outputs;
  }

  /** A constant vector of int32: a shape, sizes, axes. */
  integers(values: readonly number[]): Value {
    const key = values.join();
    const known = this.constants.get(key);
    if (known) return known;
    const shape = [values.length];
    const node = constantNode({ shape, dtype: DataType.INT32, values: Int32Array.from(values) });
    const value = { node, index: 0, shape, dtype: DataType.INT32 };
    node.outputs = [value];
    this.nodes.push(node);
    this.constants.set(key, value);
    return value;
  }

  reshape(x: Value, shape: number[]): Value {
    if (x.shape.length === shape.length && x.shape.every((n, i) => n === shape[i])) return x;
    const source = x.node.op === 'Reshape' ? (x.node.inputs[0] as Value) : x;
    if (size(source.shape) !== size(shape))
      throw new Error(`[${source.shape}] cannot be reshaped to [${shape}].`);
    const attributes = [typeAttribute('T', x.dtype), typeAttribute('Tshape', DataType.INT32)];
    return this.op('Reshape', attributes, [source, this.integers(shape)], { shape, dtype: x.dtype });
  }

  /** Zeros (or `value`) around x; `paddings` are the counts before and after, for each axis. */
  pad(x: Value, paddings: ReadonlyArray<readonly [number, number]>): Value {
    if (paddings.flat().every((n) => n === 0)) return x;
    const shape = x.shape.map((n, axis) => n + paddings[axis]![0] + paddings[axis]![1]);
    const attributes = [typeAttribute('T', x.dtype), typeAttribute('Tpaddings', DataType.INT32)];
    const amounts = this.reshape(this.integers(paddings.flat()), [paddings.length, 2]);
    return this.op('Pad', attributes, [x, amounts], { shape, dtype: x.dtype });
  }

  slice(x: Value, begin: number[], sizes: number[]): Value {
    if (sizes.every((n, axis) => n === x.shape[axis])) return x;
    const attributes = [typeAttribute('T', x.dtype), typeAttribute('Index', DataType.INT32)];
    return this.op('Slice', attributes, [x, this.integers(begin), this.integers(sizes)], {
      shape: sizes,
      dtype: x.dtype,
    });
  }

  transpose(x: Value, order: number[]): Value {
    const shape = order.map((axis) => x.shape[axis]!);
    const attributes = [typeAttribute('T', x.dtype), typeAttribute('Tperm', DataType.INT32)];
    return this.op('Transpose', attributes, [x, this.integers(order)], { shape, dtype: x.dtype });
  }

  concat(values: Value[], axis: number): Value {
    const shape = values[0]!.shape.slice();
    shape[axis] = values.reduce((sum, value) => sum + value.shape[axis]!, 0);
    const dtype = values[0]!.dtype;
    const attributes = [
      intAttribute('N', values.length),
      typeAttribute('T', dtype),
      typeAttribute('Tidx', DataType.INT32),
    ];
    return this.op('ConcatV2', attributes, [values, this.reshape(this.integers([axis]), [])], {
      shape,
      dtype,
    });
  }

  /** Every stride-th pixel of an image, as a plain slice of strips of pixels, which is far faster than a strided one. */
  subsample(x: Value, stride: number): Value {
    if (stride === 1) return x;
    const [batch, rows, columns, channels] = cells(x.shape, stride);
    const whole = this.pad(x, missing(x.shape, stride));
    const strips = this.reshape(whole, [batch, rows, stride, columns, stride * channels]);
    const first = this.slice(strips, [0, 0, 0, 0, 0], [batch, rows, 1, columns, channels]);
    return this.reshape(first, [batch, rows, columns, channels]);
  }

  /** The gradient of `subsample` of an image of `shape`: dy spread over zeros. */
  spread(dy: Value, shape: number[], stride: number): Value {
    if (stride === 1) return dy;
    const [batch, rows, columns, channels] = cells(shape, stride);
    const none = [0, 0] as const;
    const strips = this.pad(this.reshape(dy, [batch, rows, 1, columns, channels]), [
      none,
      none,
      [0, stride - 1],
      none,
      [0, (stride - 1) * channels],
    ]);
    const whole = this.reshape(strips, [batch, rows * stride, columns * stride, channels]);
    return this.slice(whole, [0, 0, 0, 0], shape);
  }

  /** The product of two matrices, either of them transposed. */
  product(a: Value, b: Value, transposeA = false, transposeB = false): Value {
    const rows = a.shape[transposeA ? 1 : 0]!;
    const columns = b.shape[transposeB ? 0 : 1]!;
    const attributes: Attribute[] = [
      typeAttribute('T', a.dtype),
      boolAttribute('transpose_a', transposeA),
      boolAttribute('transpose_b', transposeB),
    ];
    return this.op('MatMul', attributes, [a, b], { shape: [rows, columns], dtype: a.dtype });
  }
}

/** [batch · height · width, channels] */
export function pixels(x: Value, emit: Emitter): Value {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  return emit.reshape(x, [batch * height * width, channels]);
}

/** [batch, height, width, channels] of every stride-th pixel. */
function cells(shape: number[], stride: number): [number, number, number, number] {
  const [batch, height, width, channels] = shape as [number, number, number, number];
  return [batch, Math.ceil(height / stride), Math.ceil(width / stride), channels];
}

/** The paddings to the next multiple of stride. */
function missing(shape: number[], stride: number): Array<readonly [number, number]> {
  const whole = cells(shape, stride);
  return shape.map((n, axis) => [0, axis === 1 || axis === 2 ? whole[axis]! * stride - n : 0] as const);
}

/**
 * Writes a trace anew, op by op, inputs first. `replace` sees each op with its inputs already rewritten and may emit others for
 * it: it gives a value for each of the op's outputs, or undefined to keep the op. `old` is the op as it stands in `trace`.
 */
export function rewrite(
  trace: Trace,
  replace: (node: Node, emitter: Emitter, old: Node) => Array<Value | undefined> | undefined,
  /** Sees the trace's outputs at the end. */
  finish: (value: Value, emitter: Emitter) => Value = (value) => value,
  /** What must have run before an op of the trace, as ops of that trace. */
  control: (node: Node) => Node[] = (node) => node.control,
): Trace {
  const emitter = new Emitter();
  const values = new Map<Value, Value>();
  const nodes = new Map<Node, Node>();
  const moved = (value: Value): Value => values.get(value) ?? value;
  const keyed = (node: Node, index: number): Value => {
    const known = node.outputs[index];
    if (!known) throw new Error(`${node.op} has no output ${index}.`);
    return known;
  };
  for (const old of trace.nodes) {
    const node: Node = {
      ...old,
      inputs: old.inputs.map((argument) => (Array.isArray(argument) ? argument.map(moved) : moved(argument))),
      control: control(old).map((before) => nodes.get(before) ?? before),
    };
    node.outputs = old.outputs.map((value) => ({ ...value, node }));
    emitter.origin = old.origin;
    const found = replace(node, emitter, old);
    if (!found) emitter.nodes.push(node);
    nodes.set(old, found?.find((value) => value)?.node ?? node);
    for (const [index, value] of old.outputs.entries())
      values.set(value, found?.[index] ?? keyed(node, index));
  }
  const outputs = new Map([...trace.outputs].map(([name, value]) => [name, finish(moved(value), emitter)]));
  return {
    nodes: emitter.nodes,
    inputs: new Map([...trace.inputs].map(([name, value]) => [name, moved(value)])),
    outputs,
    effects: trace.effects.map((node) => nodes.get(node) ?? node),
  };
}
