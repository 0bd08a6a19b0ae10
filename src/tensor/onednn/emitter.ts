import { sourceLine } from '../graph/builder.ts';
import { type Node, size, type Trace, type Value, writersOf } from '../graph/ir.ts';
import { DataType } from '../native/library.ts';
import {
  bytesOf,
  type HostArray,
  type Instruction,
  type RunInfo,
  type Storage,
  type Tensor,
  typeOf,
} from './instruction.ts';
import { LastingCopies } from './lasting-copies.ts';
import { Argument, Type } from './library.ts';
import type { Place } from './memory.ts';
import { dense, type Layout, type PostOp, type Primitive, type Primitives } from './primitives.ts';

export type { HostArray, Instruction, RunInfo, Storage, Tensor } from './instruction.ts';
export { bytesOf, typeOf } from './instruction.ts';

export interface EmitterOptions {
  /** Memory that lives as long as the program. */
  keep: (bytes: number, what: string) => Place;
  /** Activations that are cheap to compute again are not kept for the backward pass. */
  lean?: boolean;
  /** Whether an op's output may be its input's memory. */
  isView?: (node: Node) => boolean;
  /** Where a variable lies. */
  variable: (name: string) => { shape: readonly number[]; place: Place };
}

/** What the rules of ops write a program with: it knows which instruction makes each value and who needs it. */
export class Emitter {
  readonly primitives: Primitives;
  readonly trace: Trace;
  readonly instructions: Instruction[] = [];
  /** Facts that one rule leaves for another, by the op that they are about. */
  readonly facts = new Map<Node, Record<string, unknown>>();
  private readonly tensors = new Map<Value, Tensor>();
  private readonly deferred = new Map<Value, () => Tensor>();
  private readonly uses = new Map<Value, Node[]>();
  private readonly fetched: Set<Value>;
  private readonly changes: Map<string, Node[]>;
  private readonly reordered = new Map<Storage, Array<{ layout: Layout; offset: number; tensor: Tensor }>>();
  private readonly derivedTensors = new Map<Storage, Map<string, Tensor>>();
  private readonly done = new Set<Node>();
  private readonly options: EmitterOptions;
  private readonly variables = new Map<string, Tensor>();
  private readonly sharedTensors = new Map<string, Tensor>();
  private readonly lasting: LastingCopies;
  private readonly ids = new Map<Value, number>();
  private node: Node | undefined;

  constructor(trace: Trace, primitives: Primitives, options: EmitterOptions) {
    this.options = options;
    this.trace = trace;
    this.primitives = primitives;
    this.lasting = new LastingCopies(this, options.keep);
    this.fetched = new Set(trace.outputs.values());
    this.changes = writersOf(trace);
    for (const node of trace.nodes)
      for (const value of node.inputs.flat()) {
        const users = this.uses.get(value) ?? [];
        if (!users.includes(node)) users.push(node);
        this.uses.set(value, users);
      }
  }

  /** Writes the instructions of one op. */
  emit(node: Node, rule: (node: Node, emitter: Emitter) => void): void {
    if (this.done.has(node)) return;
    this.node = node;
    rule(node, this);
  }

  /** The op's outputs were written by the rule of another. */
  finish(node: Node): void {
    this.done.add(node);
  }

  /** The ops that use a value. */
  users(value: Value): readonly Node[] {
    return this.uses.get(value) ?? [];
  }

  /** The only op that uses a value, where it is such an op and the value is no output of the step. */
  soleUser(value: Value, op: string): Node | undefined {
    const users = this.users(value);
    return users.length === 1 && users[0]!.op === op && !this.fetched.has(value) ? users[0] : undefined;
  }

  /** Whether its output may be its input's memory. */
  isView(node: Node): boolean {
    return this.options.isView?.(node) ?? false;
  }

  /** The ops that change a variable. */
  writers(name: string): readonly Node[] {
    return this.changes.get(name) ?? [];
  }

  isFetched(value: Value): boolean {
    return this.fetched.has(value);
  }

  has(value: Value): boolean {
    return this.tensors.has(value);
  }

  /** The array of a value, made now where it was put off. */
  tensor(value: Value): Tensor {
    const found = this.tensors.get(value);
    if (found) return found;
    const make = this.deferred.get(value);
    if (!make) throw new Error(`${value.node.op} is used before it was computed.`);
    const tensor = make();
    this.tensors.set(value, tensor);
    return tensor;
  }

  define(value: Value, tensor: Tensor): Tensor {
    this.tensors.set(value, tensor);
    return tensor;
  }

  get lean(): boolean {
    return this.options.lean ?? false;
  }

  /** The value is computed when an instruction first needs it, if ever. */
  defer(value: Value, make: () => Tensor): void {
    this.deferred.set(value, make);
  }

  /** A new array, not initialized. */
  fresh(shape: readonly number[], dtype: number): Tensor {
    const storage: Storage = { bytes: size(shape) * bytesOf(dtype), constant: false };
    return { storage, offset: 0, shape, dtype, layout: this.primitives.plain(shape, typeOf(dtype)) };
  }

  /** A new array for an op's output. */
  output(value: Value): Tensor {
    return this.define(value, this.fresh(value.shape, value.dtype));
  }

  /** Memory that a primitive alone reads and writes, such as its workspace. */
  opaque(layout: Layout): Tensor {
    return {
      storage: { bytes: layout.bytes, constant: false },
      offset: 0,
      shape: [layout.bytes],
      dtype: DataType.UINT8,
      layout,
    };
  }

  /** An array of known values, written once. */
  constant(shape: readonly number[], dtype: number, values: ArrayLike<number>): Tensor {
    const bytes = size(shape) * bytesOf(dtype);
    const place = this.options.keep(bytes, 'constants');
    const { region, offset } = place;
    const count = size(shape);
    const target =
      dtype === DataType.FLOAT
        ? region.floats(offset, count)
        : dtype === DataType.INT32
          ? region.integers(offset, count)
          : region.bytesAt(offset, count);
    target.set(values);
    const layout = this.primitives.plain(shape, typeOf(dtype));
    return { storage: { bytes, place, constant: true }, offset: 0, shape, dtype, layout };
  }

  /** The same memory under another shape, in elements from its start where `offset` says so. */
  view(
    tensor: Tensor,
    shape: readonly number[],
    strides: readonly number[] = dense(shape),
    offset = 0,
  ): Tensor {
    return {
      ...tensor,
      shape,
      offset: tensor.offset + offset * bytesOf(tensor.dtype),
      layout: this.primitives.plain(shape, typeOf(tensor.dtype), strides),
    };
  }

  /** Executes a primitive. Arguments are those of oneDNN; scratch memory is added. */
  run(
    label: string,
    primitive: Primitive,
    inputs: ReadonlyArray<readonly [argument: number, tensor: Tensor]>,
    outputs: ReadonlyArray<readonly [argument: number, tensor: Tensor]>,
    options: { inPlace?: Array<{ write: Tensor; read: Tensor }> } = {},
  ): void {
    const args = [...inputs, ...outputs].map(([argument, { layout, storage, offset }]) => ({
      argument,
      layout,
      storage,
      offset,
    }));
    const writes = outputs.map(([, { storage }]) => storage);
    if (primitive.scratchpad) {
      const { storage, layout } = this.opaque(primitive.scratchpad);
      args.push({ argument: Argument.scratchpad, layout, storage, offset: 0 });
      writes.push(storage);
    }
    this.instructions.push({
      label,
      node: this.node,
      reads: inputs.map(([, { storage }]) => storage),
      writes,
      primitive,
      arguments: args,
      inPlace: options.inPlace?.map(({ write, read }) => ({ write: write.storage, read: read.storage })),
    });
  }

  /** Computes in JavaScript, over the inputs and then the outputs: for what is small, or has no primitive. */
  host(
    label: string,
    inputs: readonly Tensor[],
    outputs: readonly Tensor[],
    run: (arrays: HostArray[], step: RunInfo) => void,
  ): void {
    if ([...inputs, ...outputs].some(({ dtype }) => dtype === DataType.BFLOAT16))
      throw new Error(`JavaScript has no bfloat16: ${label}.`);
    this.instructions.push({
      label,
      node: this.node,
      reads: inputs.map(({ storage }) => storage),
      writes: outputs.map(({ storage }) => storage),
      host: { tensors: [...inputs, ...outputs], run },
    });
  }

  /** The array in float32: itself, or a copy. */
  float32(tensor: Tensor): Tensor {
    if (tensor.dtype !== DataType.BFLOAT16) return tensor;
    const wide = this.fresh(tensor.shape, DataType.FLOAT);
    const count = [size(tensor.shape)];
    this.copy(this.view(tensor, count), this.view(wide, count));
    return wide;
  }

  /** The value before casts that an op need not see, such as one that reads both float types. */
  source(value: Value): Tensor {
    return this.tensor(this.has(value) ? value : uncast(value));
  }

  /** Copies between layouts and types. */
  copy(from: Tensor, to: Tensor, postOps: readonly PostOp[] = []): void {
    const { engine } = this.primitives.library;
    const primitive = this.primitives.make(
      `reorder ${from.layout.key} > ${to.layout.key}`,
      (api, out, attributes) =>
        api.reorder(out, from.layout.pointer, engine, to.layout.pointer, engine, attributes),
      postOps,
    );
    const added = postOps.some(({ kind }) => kind === 'sum');
    this.run('reorder', primitive, [[Argument.src, from]], [[Argument.dst, to]]);
    if (added) this.instructions[this.instructions.length - 1]!.reads.push(to.storage);
  }

  /** A tensor in another layout of the same shape: itself where it is in it already, a copy that all users share otherwise. */
  inLayout(tensor: Tensor, layout: Layout, dtype: number): Tensor {
    if (this.primitives.equal(tensor.layout, layout)) return tensor;
    const known = this.reordered.get(tensor.storage) ?? [];
    const same = known.find(
      (entry) => entry.offset === tensor.offset && this.primitives.equal(entry.layout, layout),
    );
    if (same) return same.tensor;
    const found: Tensor = { ...this.opaque(layout), shape: tensor.shape, dtype };
    if (this.lasts(tensor, dtype)) this.lasting.add(tensor, found);
    else this.copy(tensor, found);
    // What lies in a variable changes within the step.
    known.push({ layout, offset: tensor.offset, tensor: found });
    this.reordered.set(tensor.storage, known);
    return found;
  }

  /** What several ops make of one tensor, such as its patches, made once as long as nothing writes to the tensor. */
  derived(tensor: Tensor, key: string, make: () => Tensor): Tensor {
    const all = this.derivedTensors.get(tensor.storage) ?? new Map<string, Tensor>();
    this.derivedTensors.set(tensor.storage, all);
    const whole = `${tensor.offset} ${key}`;
    const found = all.get(whole) ?? make();
    all.set(whole, found);
    return found;
  }

  /** The last instruction also reads what it writes. */
  alsoReads({ storage }: Tensor): void {
    this.instructions[this.instructions.length - 1]!.reads.push(storage);
  }

  /** A variable's own memory. */
  variable(name: string): Tensor {
    const known = this.variables.get(name);
    if (known) return known;
    const { shape, place } = this.options.variable(name);
    const storage: Storage = { bytes: size(shape) * 4, place, constant: true };
    const layout = this.primitives.plain(shape, Type.f32);
    const tensor = { storage, offset: 0, shape, dtype: DataType.FLOAT, layout };
    this.variables.set(name, tensor);
    return tensor;
  }

  /** What several ops need alike, made once. */
  shared(key: string, make: () => Tensor): Tensor {
    const known = this.sharedTensors.get(key);
    if (known) return known;
    const tensor = make();
    this.sharedTensors.set(key, tensor);
    return tensor;
  }

  /** One number, as an array of one. */
  number(value: number): Tensor {
    return this.shared(`number ${value}`, () => this.constant([1], DataType.FLOAT, [value]));
  }

  ones(count: number, dtype: number): Tensor {
    return this.shared(`ones ${count} ${dtype}`, () => {
      const ones = this.constant([count], DataType.FLOAT, new Float32Array(count).fill(1));
      if (dtype === DataType.FLOAT) return ones;
      const low = this.fresh([count], dtype);
      this.copy(ones, low);
      return low;
    });
  }

  /** A number that tells values of the trace apart. */
  idOf(value: Value): number {
    const known = this.ids.get(value) ?? this.ids.size;
    this.ids.set(value, known);
    return known;
  }

  /** Whether a copy is kept from run to run. */
  private lasts({ storage }: Tensor, dtype: number): boolean {
    if (this.lean || this.trace.effects.length === 0 || dtype !== DataType.BFLOAT16) return false;
    return storage.constant && !this.lasting.isWritten(storage);
  }

  /** So many values of a variable from one on have their last value of this step. */
  writtenPart(variable: Tensor, from: number, count: number): void {
    this.lasting.writtenPart(variable, from, count);
  }

  /** The whole program. `first`: what makes the copies that outlive a run, for variables that were changed by anything else. */
  program(): { first: Instruction[]; rest: Instruction[] } {
    return this.lasting.program();
  }

  /** The storage was written: copies of what it held are of the past. */
  written(storage: Storage): void {
    this.lasting.written(storage);
    this.reordered.delete(storage);
    this.derivedTensors.delete(storage);
  }

  /** Where in the traced function an op was called. */
  static line(node: Node): string | undefined {
    return sourceLine(node);
  }
}

/** The value behind casts of a value. */
export function uncast(value: Value): Value {
  let found = value;
  while (found.node.op === 'Cast' && isFloat(found) && isFloat(found.node.inputs[0] as Value))
    found = found.node.inputs[0] as Value;
  return found;
}

export const isFloat = ({ dtype }: { dtype: number }): boolean =>
  dtype === DataType.FLOAT || dtype === DataType.BFLOAT16;
