import type { backend_util } from '@tensorflow/tfjs-core';
import { FacecomError } from '../../base/errors.ts';
import { argumentsOf, type Binding, type OpAttribute, type TensorMetadata } from '../native/binding.ts';
import { asArray } from '../native/eager.ts';
import { DataType } from '../native/library.ts';
import { sourceLine } from './builder.ts';
import {
  type Argument,
  type Attribute,
  constantNode,
  type Node,
  shapeAttribute,
  size,
  type Trace,
  typeAttribute,
  type Value,
} from './ir.ts';

/** Ids of traced tensors start here, so that they are told from the eager binding's. */
export const FIRST_TRACED_ID = 2 ** 40;

/** Constants of at most this many values are shared when they are equal. */
const SHARED_CONSTANT_VALUES = 1024;

/** Says what shapes the outputs of traced ops have. */
export interface ShapeInference {
  /** Fills in the shapes and types of the outputs of an op whose inputs were added before it. Throws if the op is refused. */
  add(node: Node): void;
  /** Whether a kernel of `src/tensor/ops` is recorded as one op of its own name, in place of the TensorFlow ops that it is made of. */
  takes(kernel: string): boolean;
  dispose(): void;
}

/** Records every op in place of executing it. */
export class TraceBinding implements Binding {
  readonly nodes: Node[] = [];
  readonly inputs = new Map<string, Value>();
  readonly effects: Node[] = [];
  readonly shapes: ShapeInference;
  /** The device of what is recorded now. */
  device: number | undefined;
  private readonly values = new Map<number, Value>();
  private readonly constants = new Map<string, Value>();
  private readonly readEager: (id: number) => { shape: number[]; dtype: number; values: ArrayLike<number> };
  private nextId = FIRST_TRACED_ID;

  /** `readEager` gives the value of a tensor made outside of the trace, which becomes a constant. */
  constructor(shapes: ShapeInference, readEager: TraceBinding['readEager']) {
    this.shapes = shapes;
    this.readEager = readEager;
  }

  isUsingGpuDevice(): boolean {
    return false;
  }

  getNumOfTensors(): number {
    return this.values.size;
  }

  createTensor(shape: number[], dtype: number, values: backend_util.BackendValues): number {
    return this.bind(this.constant(shape, dtype, asArray(values)));
  }

  deleteTensor(): void {
    // A traced tensor holds nothing: the trace keeps its ops.
  }

  tensorDataSync(id: number): never {
    const value = this.values.get(id);
    const stack = { stack: undefined as string | undefined };
    Error.captureStackTrace(stack);
    const at = value ? sourceLine({ ...value.node, origin: stack }) : undefined;
    throw new FacecomError(
      'trace-read',
      `The value of ${value?.node.op ?? 'a tensor'} was read while tracing${at ? ` at ${at}` : ''}.`,
      {
        expected: 'a compiled step that only builds tensors: values are known when it runs',
        remedy:
          'Return the tensor as an output and read it after the run; a branch on a value needs tf.where.',
      },
    );
  }

  executeOp(name: string, attributes: OpAttribute[], inputs: number[]): TensorMetadata[] {
    const values = inputs.map((id) => this.valueOf(id));
    const node = this.node(name, attributes, argumentsOf(name, values));
    return node.outputs.map((value) => ({
      id: this.bind(value),
      shape: value.shape,
      // tfjs has no bfloat16: to it the tensor is a float32.
      dtype: value.dtype === DataType.BFLOAT16 ? DataType.FLOAT : value.dtype,
    }));
  }

  /** Records an op and gives it with its outputs' shapes. */
  node(op: string, attributes: Attribute[], inputs: Argument[], control: Node[] = []): Node {
    const origin: { stack?: string } = {};
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 40;
    Error.captureStackTrace(origin);
    Error.stackTraceLimit = limit;
    const node: Node = { op, attributes, inputs, control, outputs: [], origin };
    if (this.device !== undefined) node.device = this.device;
    this.shapes.add(node);
    this.nodes.push(node);
    return node;
  }

  /** Records an op that is run for its effect. */
  effect(op: string, attributes: Attribute[], inputs: Argument[], control: Node[] = []): Node {
    const node = this.node(op, attributes, inputs, control);
    this.effects.push(node);
    return node;
  }

  constant(shape: number[], dtype: number, values: ArrayLike<number>): Value {
    const key =
      size(shape) <= SHARED_CONSTANT_VALUES ? `${dtype}|${shape}|${Array.from(values).join()}` : undefined;
    const known = key === undefined ? undefined : this.constants.get(key);
    if (known) return known;
    const copy = ArrayBuffer.isView(values) ? (values as Float32Array).slice() : Array.from(values);
    const node = constantNode({ shape, dtype, values: copy });
    this.shapes.add(node);
    this.nodes.push(node);
    const value = node.outputs[0]!;
    if (key !== undefined) this.constants.set(key, value);
    return value;
  }

  placeholder(name: string, shape: number[], dtype: number): Value {
    const value = this.node(
      'Placeholder',
      [typeAttribute('dtype', dtype), shapeAttribute('shape', shape)],
      [],
    ).outputs[0]!;
    this.inputs.set(name, value);
    return value;
  }

  /** Returns a value an id under which tfjs-node's kernels know it. */
  bind(value: Value): number {
    const id = this.nextId++;
    this.values.set(id, value);
    return id;
  }

  valueOf(id: number): Value {
    const value = this.values.get(id);
    if (value) return value;
    const { shape, dtype, values } = this.readEager(id);
    return this.constant(shape, dtype, values);
  }

  /** Ends the trace: what infers shapes is freed, the recorded ops stay. */
  finish(outputs: Map<string, Value>): Trace {
    this.dispose();
    return { nodes: this.nodes, inputs: this.inputs, outputs, effects: this.effects };
  }

  dispose(): void {
    this.shapes.dispose();
    this.values.clear();
  }
}
