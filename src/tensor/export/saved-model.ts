import { FacecomError } from '../../base/errors.ts';
import { bytes, type Field, float, joined, message, text, varint } from '../../base/protobuf.ts';
import {
  type Attribute,
  attribute,
  intAttribute,
  type Node,
  stringAttribute,
  type Trace,
  typeAttribute,
  type Value,
} from '../graph/ir.ts';
import { AttributeType } from '../native/attributes.ts';
import { DataType } from '../native/library.ts';

export interface SavedModelOptions {
  /** Values of the variables, by name. */
  values: ReadonlyMap<string, Float32Array>;
}

/** Of TensorFlow 2.21; a reader refuses a graph whose min_consumer is above its own version. */
const PRODUCER = 2000;
const MIN_CONSUMER = 12;
const PREDICT = 'tensorflow/serving/predict';

/**
 * A traced step as the saved_model.pb of a TensorFlow SavedModel (tensorflow/core/protobuf/saved_model.proto), its variables as
 * constants: the signature `serving_default` has the step's inputs and outputs. It loads with tf.saved_model.load, TensorFlow Serving and
 * the C API. Throws `export-op` for an op that TensorFlow has not.
 */
export function toSavedModel(trace: Trace, { values }: SavedModelOptions): Uint8Array {
  const writer = new Writer(values);
  for (const node of trace.nodes) writer.add(node);
  const inputs = [...trace.inputs].map(([name, value]) =>
    entry(1, name, tensorInfo(writer.name(value), value)),
  );
  const outputs = [...trace.outputs].map(([name, value]) => {
    const own = writer.plain(
      'Identity',
      `output_${name}`,
      [writer.name(value)],
      [typeAttribute('T', value.dtype)],
    );
    return entry(2, name, tensorInfo(own, value));
  });
  const graph = message(2, ...writer.nodes, message(4, varint(1, PRODUCER), varint(2, MIN_CONSUMER)));
  const about = message(1, text(1, 'facecom'), text(4, 'serve'), text(5, '2.21.0'));
  const signature = entry(5, 'serving_default', [...inputs, ...outputs, text(3, PREDICT)]);
  return joined([varint(1, 1), message(2, about, graph, signature)]);
}

/** An entry of a map from texts to messages. */
const entry = (field: number, key: string, value: readonly Field[]): Field =>
  message(field, text(1, key), message(2, ...value));

/** TensorShapeProto. */
const shapeProto = (shape: readonly number[]): Field[] => shape.map((side) => message(2, varint(1, side)));

const tensorInfo = (name: string, { shape, dtype }: Value): Field[] => [
  text(1, name.includes(':') ? name : `${name}:0`),
  varint(2, dtype),
  message(3, ...shapeProto(shape)),
];

/** Ops of `src/tensor/ops` that TensorFlow has under another name. */
const renamed: Record<string, string> = { FacecomBiasAdd: 'BiasAdd', FacecomRelu: 'Relu' };

const FLOAT = typeAttribute('T', DataType.FLOAT);

class Writer {
  readonly nodes: Field[] = [];
  private readonly names = new Map<Node, string>();
  private readonly variables: ReadonlyMap<string, Float32Array>;

  constructor(variables: ReadonlyMap<string, Float32Array>) {
    this.variables = variables;
  }

  /** Such as `Conv2D_3`, or `Split_4:1`. */
  name({ node, index }: Value): string {
    const own = this.names.get(node) ?? `${node.op}_${this.names.size}`;
    this.names.set(node, own);
    return index === 0 ? own : `${own}:${index}`;
  }

  add(node: Node): void {
    if (node.op === 'VarHandleOp') return;
    const output = node.outputs[0]!;
    const own = this.name(output);
    const inputs = (node.inputs.flat() as Value[]).map((value) => this.name(value));
    switch (node.op) {
      case 'Placeholder':
        this.write('Placeholder', own, [], [typeAttribute('dtype', output.dtype), shapeOf(output)]);
        return;
      case 'Const': {
        const { shape, dtype, values } = node.constant!;
        this.constant(own, shape, dtype, values);
        return;
      }
      case 'ReadVariableOp': {
        const variable = attribute<string>((node.inputs[0] as Value).node, 'shared_name')!;
        this.constant(own, output.shape, DataType.FLOAT, this.variables.get(variable)!);
        return;
      }
      case 'FacecomConv2D':
      case 'FacecomDepthwiseConv2D':
        this.write(
          node.op === 'FacecomConv2D' ? 'Conv2D' : 'DepthwiseConv2dNative',
          own,
          inputs,
          convolution(attribute(node, 'stride')!, attribute(node, 'padding')!),
        );
        return;
      case 'FacecomMaxPool':
        this.pooling(node, own, inputs[0]!);
        return;
      default: {
        const op = renamed[node.op] ?? node.op;
        if (op.startsWith('Facecom'))
          throw new FacecomError('export-op', `The op ${node.op} has no counterpart in TensorFlow.`, {
            expected: 'a network of the ops that the built-in backbones and heads use',
            remedy: 'Export as safetensors.',
            exitCode: 2,
          });
        this.write(op, own, inputs, op === node.op ? node.attributes : [FLOAT]);
      }
    }
  }

  /** A node by a name of the caller's. Returns it. */
  plain(op: string, name: string, inputs: readonly string[], attributes: readonly Attribute[]): string {
    this.write(op, name, inputs, attributes);
    return name;
  }

  private write(op: string, name: string, inputs: readonly string[], attributes: readonly Attribute[]): void {
    this.nodes.push(
      message(
        1,
        ...[text(1, name), text(2, op), ...inputs.map((input) => text(3, input))],
        ...attributes.map((one) => entry(5, one.name, attributeValue(one))),
      ),
    );
  }

  private constant(name: string, shape: readonly number[], dtype: number, values: ArrayLike<number>): void {
    const content = contentOf(dtype, values);
    const tensor = message(8, varint(1, dtype), message(2, ...shapeProto(shape)), bytes(4, content));
    this.nodes.push(
      message(
        1,
        ...[text(1, name), text(2, 'Const')],
        ...[entry(5, 'dtype', [varint(6, dtype)]), message(5, text(1, 'value'), message(2, tensor))],
      ),
    );
  }

  /** Padding by the smallest number, which no maximum takes, and pooling without any. */
  private pooling(node: Node, own: string, input: string): void {
    const [window, stride, padding] = ['window', 'stride', 'padding'].map(
      (name) => attribute<number>(node, name)!,
    ) as [number, number, number];
    let padded = input;
    if (padding > 0) {
      const around = [0, 0, padding, padding, padding, padding, 0, 0];
      this.constant(`${own}_around`, [4, 2], DataType.INT32, around);
      this.constant(`${own}_least`, [], DataType.FLOAT, [-3.4028234663852886e38]);
      padded = this.plain('PadV2', `${own}_padded`, [input, `${own}_around`, `${own}_least`], [FLOAT]);
    }
    this.write(
      'MaxPool',
      own,
      [padded],
      [
        FLOAT,
        intAttribute('ksize', [1, window, window, 1]),
        intAttribute('strides', [1, stride, stride, 1]),
        stringAttribute('padding', 'VALID'),
      ],
    );
  }
}

const shapeOf = ({ shape }: Value): Attribute => ({ name: 'shape', type: AttributeType.SHAPE, value: shape });

const convolution = (stride: number, padding: number): Attribute[] => [
  FLOAT,
  intAttribute('strides', [1, stride, stride, 1]),
  stringAttribute('padding', padding === 0 ? 'VALID' : 'EXPLICIT'),
  ...(padding === 0
    ? []
    : [intAttribute('explicit_paddings', [0, 0, padding, padding, padding, padding, 0, 0])]),
];

/** The little-endian bytes of a tensor. */
function contentOf(dtype: number, values: ArrayLike<number>): Uint8Array {
  const typed =
    dtype === DataType.FLOAT
      ? Float32Array.from(values)
      : dtype === DataType.INT32
        ? Int32Array.from(values)
        : Uint8Array.from(values);
  return new Uint8Array(typed.buffer);
}

/** AttrValue. */
function attributeValue({ type, value }: Attribute): Field[] {
  const { STRING, INT, FLOAT: NUMBER, BOOL, TYPE } = AttributeType;
  const many = typeof value === 'object' && value !== null;
  const list = () => Array.from(value as ArrayLike<number>);
  switch (type) {
    case STRING:
      return [text(2, value as string)];
    case INT:
      return many ? [message(1, ...list().map((one) => varint(3, one)))] : [varint(3, value as number)];
    case NUMBER:
      return many ? [message(1, ...list().map((one) => float(4, one)))] : [float(4, value as number)];
    case BOOL:
      return [varint(5, value ? 1 : 0)];
    case TYPE:
      return many ? [message(1, ...list().map((one) => varint(6, one)))] : [varint(6, value as number)];
    default:
      return [message(7, ...shapeProto(list()))];
  }
}
