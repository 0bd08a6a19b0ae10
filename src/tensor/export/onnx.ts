import { FacecomError } from '../../base/errors.ts';
import { bytes, type Field, joined, message, text, varint } from '../../base/protobuf.ts';
import { attribute, type Node, strideOf, type Trace, type Value } from '../graph/ir.ts';
import { DataType } from '../native/library.ts';

/** Numbers of TensorProto.DataType. */
const types = new Map<number, number>([
  [DataType.FLOAT, 1],
  [DataType.UINT8, 2],
  [DataType.INT32, 6],
  [DataType.BOOL, 9],
]);
const INT64 = 7;

const OPSET = 17;
const IR_VERSION = 8;

/** Ops that ONNX has under another name, or the same, and that take and give what TensorFlow's do. */
const plain: Record<string, string> = {
  Add: 'Add',
  AddV2: 'Add',
  BiasAdd: 'Add',
  FacecomBiasAdd: 'Add',
  FacecomRelu: 'Relu',
  Sub: 'Sub',
  Mul: 'Mul',
  RealDiv: 'Div',
  Div: 'Div',
  Maximum: 'Max',
  Minimum: 'Min',
  Neg: 'Neg',
  Sqrt: 'Sqrt',
  Exp: 'Exp',
  Log: 'Log',
  Erf: 'Erf',
  Sigmoid: 'Sigmoid',
  Tanh: 'Tanh',
  Relu: 'Relu',
  Identity: 'Identity',
  Reciprocal: 'Reciprocal',
};

export interface OnnxOptions {
  /** Values of the variables, by name. */
  values: ReadonlyMap<string, Float32Array>;
  /** Text beside the graph. */
  metadata: Readonly<Record<string, string>>;
}

/**
 * A traced step as an ONNX model (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto), its variables as constants. Convolutions are
 * turned to ONNX's order of axes and back. Throws `export-op` for an op that has no counterpart.
 */
export function toOnnx(trace: Trace, options: OnnxOptions): Uint8Array {
  const writer = new Writer(options.values);
  for (const node of trace.nodes) writer.add(node);
  const outputs: Field[] = [];
  for (const [name, value] of trace.outputs) {
    writer.node('Identity', [writer.name(value)], [], name);
    outputs.push(message(12, ...info(name, value)));
  }
  const inputs = [...trace.inputs].map(([name, value]) => message(11, ...info(name, value)));
  for (const [name, value] of trace.inputs) writer.node('Identity', [name], [], writer.name(value), true);
  const graph = [...writer.first, ...writer.nodes, text(2, 'facecom'), ...writer.initializers];
  return joined([
    varint(1, IR_VERSION),
    text(2, 'facecom'),
    message(7, ...graph, ...inputs, ...outputs),
    message(8, text(1, ''), varint(2, OPSET)),
    ...Object.entries(options.metadata).map(([key, value]) => message(14, text(1, key), text(2, value))),
  ]);
}

/** ValueInfoProto. */
function info(name: string, { shape, dtype }: Value): Field[] {
  const dims = shape.map((side) => message(1, varint(1, side)));
  return [text(1, name), message(2, message(1, varint(1, types.get(dtype)!), message(2, ...dims)))];
}

const ints = (name: string, values: readonly number[]): Field =>
  message(5, text(1, name), ...values.map((value) => varint(8, value)), varint(20, 7));
const int = (name: string, value: number): Field =>
  message(5, text(1, name), varint(3, value), varint(20, 2));

class Writer {
  /** Nodes that come before all others: the inputs by their names in the graph. */
  readonly first: Field[] = [];
  readonly nodes: Field[] = [];
  readonly initializers: Field[] = [];
  private readonly names = new Map<Value, string>();
  private readonly variables: ReadonlyMap<string, Float32Array>;
  private count = 0;

  constructor(variables: ReadonlyMap<string, Float32Array>) {
    this.variables = variables;
  }

  name(value: Value): string {
    const known = this.names.get(value) ?? `${value.node.op}_${this.count++}`;
    this.names.set(value, known);
    return known;
  }

  /** A node of one output. Returns its name. */
  node(op: string, inputs: string[], attributes: Field[] = [], output?: string, first = false): string {
    const name = output ?? `${op}_${this.count++}`;
    const fields = [...inputs.map((input) => text(1, input)), text(2, name), text(4, op), ...attributes];
    (first ? this.first : this.nodes).push(message(1, ...fields));
    return name;
  }

  private tensor(shape: readonly number[], type: number, data: ArrayBufferView, name?: string): string {
    const own = name ?? `constant_${this.count++}`;
    const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    this.initializers.push(
      message(5, ...shape.map((side) => varint(1, side)), varint(2, type), text(8, own), bytes(9, raw)),
    );
    return own;
  }

  private integers(values: readonly number[]): string {
    return this.tensor([values.length], INT64, BigInt64Array.from(values, BigInt));
  }

  add(node: Node): void {
    const [x, second, third] = node.inputs as Value[];
    const output = node.outputs[0];
    const to = () => this.name(output!);
    const named = (...values: Value[]) => values.map((value) => this.name(value));
    const direct = plain[node.op];
    if (direct) {
      this.node(direct, named(...(node.inputs as Value[])), [], to());
      return;
    }
    switch (node.op) {
      case 'Placeholder':
      case 'VarHandleOp':
        return;
      case 'Const': {
        const { shape, dtype, values } = node.constant!;
        const data =
          dtype === DataType.FLOAT ? Float32Array.from(values) : Int32Array.from(values as ArrayLike<number>);
        this.tensor(shape, types.get(dtype)!, data, to());
        return;
      }
      case 'ReadVariableOp': {
        const variable = attribute<string>(x!.node, 'shared_name')!;
        this.tensor(output!.shape, 1, this.variables.get(variable)!, to());
        return;
      }
      case 'Cast':
        this.node('Cast', named(x!), [int('to', types.get(output!.dtype)!)], to());
        return;
      case 'Rsqrt':
        this.node('Reciprocal', [this.node('Sqrt', named(x!))], [], to());
        return;
      case 'Square':
        this.node('Mul', named(x!, x!), [], to());
        return;
      case 'Softmax':
        this.node('Softmax', named(x!), [int('axis', -1)], to());
        return;
      case 'ClipByValue':
        this.node('Clip', named(x!, second!, third!), [], to());
        return;
      case 'Relu6':
        this.node(
          'Clip',
          [this.name(x!), this.tensor([], 1, Float32Array.of(0)), this.tensor([], 1, Float32Array.of(6))],
          [],
          to(),
        );
        return;
      case 'Conv2D':
      case 'DepthwiseConv2dNative':
      case 'FacecomConv2D':
      case 'FacecomDepthwiseConv2D':
        this.convolution(node, to());
        return;
      case 'MaxPool':
      case 'FacecomMaxPool':
        this.pooling(node, to());
        return;
      case 'Pad':
      case 'PadV2':
        this.padding(node, to());
        return;
      case 'Mean':
      case 'Max':
      case 'Sum':
        this.reduction(node, to());
        return;
      case 'MatMul':
      case 'BatchMatMulV2':
        this.product(node, to());
        return;
      case 'Reshape':
      case 'Squeeze':
      case 'ExpandDims':
        this.node('Reshape', [this.name(x!), this.integers(output!.shape)], [], to());
        return;
      case 'Transpose':
        this.node('Transpose', named(x!), [ints('perm', constants(node, second!))], to());
        return;
      case 'ConcatV2': {
        const [list, axis] = node.inputs as [Value[], Value];
        this.node('Concat', named(...list), [int('axis', constants(node, axis)[0]!)], to());
        return;
      }
      case 'Slice': {
        const begin = constants(node, second!);
        const end = begin.map((start, axis) => start + output!.shape[axis]!);
        this.node('Slice', [this.name(x!), this.integers(begin), this.integers(end)], [], to());
        return;
      }
      default:
        throw new FacecomError('export-op', `The op ${node.op} has no counterpart in ONNX.`, {
          expected: 'a network of the ops that the built-in backbones and heads use',
          remedy: 'Export as safetensors.',
          exitCode: 2,
        });
    }
  }

  private convolution(node: Node, output: string): void {
    const [x, filter] = node.inputs as [Value, Value];
    const [kernel, , channels] = filter.shape as [number, number, number];
    const depthwise = node.op === 'DepthwiseConv2dNative' || node.op === 'FacecomDepthwiseConv2D';
    const { stride, padding: around } = window(node, kernel);
    const picture = this.node('Transpose', [this.name(x)], [ints('perm', [0, 3, 1, 2])]);
    const turned = [ints('perm', depthwise ? [2, 3, 0, 1] : [3, 2, 0, 1])];
    const filters = this.node('Transpose', [this.name(filter)], turned);
    const convolved = this.node(
      'Conv',
      [picture, filters],
      [
        ints('strides', [stride, stride]),
        ints('pads', [around, around, around, around]),
        ...(depthwise ? [int('group', channels)] : []),
      ],
    );
    this.node('Transpose', [convolved], [ints('perm', [0, 2, 3, 1])], output);
  }

  private pooling(node: Node, output: string): void {
    const [x] = node.inputs as [Value];
    const side = attribute<number>(node, 'window') ?? attribute<number[]>(node, 'ksize')![1]!;
    const { stride, padding: around } = window(node, side);
    const picture = this.node('Transpose', [this.name(x)], [ints('perm', [0, 3, 1, 2])]);
    const pooled = this.node(
      'MaxPool',
      [picture],
      [
        ints('kernel_shape', [side, side]),
        ints('strides', [stride, stride]),
        ints('pads', [around, around, around, around]),
      ],
    );
    this.node('Transpose', [pooled], [ints('perm', [0, 2, 3, 1])], output);
  }

  private padding(node: Node, output: string): void {
    const [x, paddings, value] = node.inputs as [Value, Value, Value | undefined];
    const flat = constants(node, paddings);
    const before = flat.filter((_, i) => i % 2 === 0);
    const after = flat.filter((_, i) => i % 2 === 1);
    const inputs = [this.name(x), this.integers([...before, ...after])];
    if (value) inputs.push(this.name(value));
    this.node('Pad', inputs, [], output);
  }

  private reduction(node: Node, output: string): void {
    const [x, axes] = node.inputs as [Value, Value];
    const over = constants(node, axes);
    const keep = int('keepdims', attribute<boolean>(node, 'keep_dims') ? 1 : 0);
    if (node.op === 'Sum') this.node('ReduceSum', [this.name(x), this.integers(over)], [keep], output);
    else this.node(`Reduce${node.op}`, [this.name(x)], [ints('axes', over), keep], output);
  }

  private product(node: Node, output: string): void {
    const turned = (value: Value, name: string): string => {
      if (!attribute<boolean>(node, name)) return this.name(value);
      const order = value.shape.map((_, axis) => axis);
      const last = order.length - 1;
      [order[last], order[last - 1]] = [order[last - 1]!, order[last]!];
      return this.node('Transpose', [this.name(value)], [ints('perm', order)]);
    };
    const [a, b] = node.inputs as [Value, Value];
    const batched = node.op === 'BatchMatMulV2';
    const left = turned(a, batched ? 'adj_x' : 'transpose_a');
    const right = turned(b, batched ? 'adj_y' : 'transpose_b');
    this.node('MatMul', [left, right], [], output);
  }
}

/** Pixels from window to window and around the image: of TensorFlow's ops, or of the kernels of `src/tensor/ops` by their own names. */
function window(node: Node, side: number): { stride: number; padding: number } {
  const stride = attribute<number>(node, 'stride');
  if (stride !== undefined) return { stride, padding: attribute<number>(node, 'padding')! };
  const same = attribute<string>(node, 'padding') === 'SAME';
  const padding = same ? (side - 1) / 2 : (attribute<number[]>(node, 'explicit_paddings')?.[2] ?? 0);
  return { stride: strideOf(node), padding };
}

/** The numbers of an argument that is a constant. */
function constants(node: Node, { node: source }: Value): number[] {
  if (source.constant) return Array.from(source.constant.values as ArrayLike<number>, Number);
  throw new FacecomError('export-op', `An argument of the op ${node.op} is not constant.`, {
    remedy: 'Export as safetensors.',
    exitCode: 2,
  });
}
