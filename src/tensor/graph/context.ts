import * as tf from '@tensorflow/tfjs-core';
import { hash } from '../../base/random.ts';
import { differentiate, differentiateEach } from '../gradients.ts';
import type { KernelBackend } from '../native/kernels.ts';
import { DataType } from '../native/library.ts';
import type { Adam, Momentum, StepContext, Variable } from '../runtime.ts';
import {
  boolAttribute,
  type Node,
  shapeAttribute,
  stringAttribute,
  typeAttribute,
  type Value,
} from './ir.ts';
import type { TraceBinding } from './trace-binding.ts';

const FLOAT = typeAttribute('T', DataType.FLOAT);
const DTYPE = typeAttribute('dtype', DataType.FLOAT);

/** The effects of a traced function, recorded as ops on resource variables. */
export class TraceContext implements StepContext {
  /** Every variable that the trace touches. */
  readonly variables = new Set<Variable>();
  private readonly trace: TraceBinding;
  private readonly backend: KernelBackend;
  private readonly handles = new Map<Variable, Value>();
  private readonly reads = new Map<Variable, tf.Tensor>();
  /** The ops that change a variable, in order: each waits for what came before it. */
  private readonly writes = new Map<Variable, Node[]>();
  /** The ops that read a variable since the last of them. */
  private readonly readers = new Map<Variable, Node[]>();
  private readonly seed: Value;

  /** `seed`: an int32 value of shape [2], the run's seed and the step. */
  constructor(trace: TraceBinding, backend: KernelBackend, seed: Value) {
    this.trace = trace;
    this.backend = backend;
    this.seed = seed;
  }

  read(variable: Variable): tf.Tensor {
    const known = this.reads.get(variable);
    if (known) return known;
    // What a step changes, it changes after this, wherever in the function it is read.
    const [first] = this.writes.get(variable) ?? [];
    const value = first ? this.readOp(variable) : this.current(variable);
    first?.control.push(value.node);
    const tensor = tf.keep(this.tensor(value));
    this.reads.set(variable, tensor);
    return tensor;
  }

  assign(variable: Variable, value: tf.Tensor): void {
    this.write(variable, 'AssignVariableOp', [DTYPE], [this.handle(variable), this.value(value)]);
  }

  add(variable: Variable, value: tf.Tensor): void {
    this.write(variable, 'AssignAddVariableOp', [DTYPE], [this.handle(variable), this.value(value)]);
  }

  follow(average: Variable, of: Variable, rate: number): void {
    const difference = this.trace.node('Sub', [FLOAT], [this.current(average), this.current(of)]).outputs[0]!;
    const scaled = this.trace.node('Mul', [FLOAT], [difference, this.scalar(rate)]).outputs[0]!;
    this.write(average, 'AssignSubVariableOp', [DTYPE], [this.handle(average), scaled]);
  }

  adam(variable: Variable, m: Variable, v: Variable, gradient: tf.Tensor, options: Adam): void {
    const attributes = [FLOAT, boolAttribute('use_locking', false), boolAttribute('use_nesterov', false)];
    this.variables.add(m).add(v);
    this.write(variable, 'ResourceApplyAdam', attributes, [
      this.handle(variable),
      this.handle(m),
      this.handle(v),
      this.value(options.beta1Power),
      this.value(options.beta2Power),
      this.value(options.learningRate),
      this.scalar(options.beta1),
      this.scalar(options.beta2),
      this.value(options.epsilon),
      this.value(gradient),
    ]);
  }

  momentum(variable: Variable, buffer: Variable, gradient: tf.Tensor, options: Momentum): void {
    const attributes = [
      FLOAT,
      boolAttribute('use_locking', false),
      boolAttribute('use_nesterov', options.nesterov),
    ];
    this.write(variable, 'ResourceApplyMomentum', attributes, [
      this.handle(variable),
      this.handle(buffer),
      this.value(options.learningRate),
      this.value(gradient),
      this.scalar(options.momentum),
    ]);
  }

  decay(variable: Variable, rate: tf.Tensor): void {
    const scaled = this.trace.node('Mul', [FLOAT], [this.value(this.read(variable)), this.value(rate)])
      .outputs[0]!;
    this.write(variable, 'AssignSubVariableOp', [DTYPE], [this.handle(variable), scaled]);
  }

  onDevice<T>(device: number, work: () => T): T {
    const before = this.trace.device;
    this.trace.device = device;
    try {
      return work();
    } finally {
      this.trace.device = before;
    }
  }

  uniform(shape: number[], name: string): tf.Tensor {
    const stream = this.trace.constant([2], DataType.INT32, [hash(0, [name]), 0]);
    const seed = this.trace.node('Add', [typeAttribute('T', DataType.INT32)], [this.seed, stream])
      .outputs[0]!;
    const size = this.trace.constant([shape.length], DataType.INT32, shape);
    const attributes = [DTYPE, typeAttribute('T', DataType.INT32), typeAttribute('Tseed', DataType.INT32)];
    return this.tensor(this.trace.node('StatelessRandomUniform', attributes, [size, seed]).outputs[0]!);
  }

  gradients(loss: () => tf.Scalar, variables: readonly Variable[]) {
    return differentiate(
      loss,
      variables.map((variable) => this.read(variable)),
      this.origin,
    );
  }

  gradientsOfEach<T>(
    pass: () => T,
    targets: (found: T) => Array<{ loss: tf.Scalar; variables: readonly Variable[] }>,
  ) {
    const xs = (variables: readonly Variable[]) => variables.map((variable) => this.read(variable));
    return differentiateEach(
      pass,
      (found) => targets(found).map(({ loss, variables }) => ({ loss, xs: xs(variables) })),
      this.origin,
    );
  }

  /** A tfjs tensor that stands for a recorded value. */
  tensor(value: Value): tf.Tensor {
    return this.backend.createOutputTensor({
      id: this.trace.bind(value),
      shape: value.shape,
      dtype: value.dtype,
    });
  }

  /** The recorded value of a tfjs tensor. */
  value(tensor: tf.Tensor): Value {
    return this.trace.valueOf(this.backend.getInputTensorIds([tensor])[0]!);
  }

  /** Frees the tensors that stand for variables. */
  dispose(): void {
    for (const tensor of this.reads.values()) tensor.dispose();
  }

  /** TensorFlow's ops carry versions that tfjs's kernels do not: TopK is TopKV2. */
  private readonly origin = (kernel: string) =>
    this.trace.nodes.findLast((node) => node.op.replace(/V\d+$/, '') === kernel)?.origin;

  private scalar(value: number): Value {
    return this.trace.constant([], DataType.FLOAT, [value]);
  }

  private handle(variable: Variable): Value {
    this.variables.add(variable);
    let handle = this.handles.get(variable);
    if (!handle) {
      handle = this.trace.node('VarHandleOp', handleAttributes(variable), []).outputs[0]!;
      this.handles.set(variable, handle);
    }
    return handle;
  }

  private readOp(variable: Variable, control: Node[] = []): Value {
    return this.trace.node('ReadVariableOp', [DTYPE], [this.handle(variable)], control).outputs[0]!;
  }

  /** The variable's value after all changes that were asked for so far. */
  private current(variable: Variable): Value {
    const value = this.readOp(variable, this.writes.get(variable)?.slice(-1));
    this.readers.set(variable, [...(this.readers.get(variable) ?? []), value.node]);
    return value;
  }

  private write(
    variable: Variable,
    op: string,
    attributes: Parameters<TraceBinding['effect']>[1],
    inputs: Value[],
  ): void {
    const before = this.writes.get(variable) ?? [];
    const control = [...before.slice(-1), ...(this.readers.get(variable) ?? [])];
    this.writes.set(variable, [...before, this.trace.effect(op, attributes, inputs, control)]);
    this.readers.delete(variable);
  }
}

/** Attributes of the op that names a variable, float32 where `dtype` does not say: equal names are one in all graphs of a session. */
export function handleAttributes(
  { name, shape }: Pick<Variable, 'name' | 'shape'>,
  dtype: number = DataType.FLOAT,
) {
  return [
    typeAttribute('dtype', dtype),
    shapeAttribute('shape', [...shape]),
    stringAttribute('container', ''),
    stringAttribute('shared_name', name),
  ];
}
