import type { backend_util } from '@tensorflow/tfjs-core';
import { FIRST_TRACED_ID, type ShapeInference, TraceBinding } from '../graph/trace-binding.ts';
import type { Binding, OpAttribute, TensorMetadata } from './binding.ts';
import { asArray, type EagerBinding } from './eager.ts';

/** Ids of tensors that exist as values of JavaScript start here; those below are the eager binding's. */
const FIRST_HELD_ID = FIRST_TRACED_ID / 2;

/**
 * The one binding that tfjs-node's kernels see: it executes, and while a function is traced it records. Without an eager binding
 * (no TensorFlow is there) it only records.
 */
export class SwitchBinding implements Binding {
  private eager: EagerBinding | undefined;
  private tracing: TraceBinding | undefined;
  private nextId = FIRST_HELD_ID;
  /** Values that tfjs handed over: they may be used while tracing and eagerly. */
  private readonly held = new Map<
    number,
    { shape: number[]; dtype: number; values: backend_util.BackendValues; eagerId?: number }
  >();

  /** Ops outside of a trace are executed by it from now on. */
  attach(eager: EagerBinding): void {
    this.eager ??= eager;
  }

  get executes(): boolean {
    return this.eager !== undefined;
  }

  /** Records what `fn` does; ops run eagerly again when it returns or throws. */
  trace<T>(shapes: ShapeInference, fn: (trace: TraceBinding) => T): T {
    if (this.tracing) throw new Error('A function is traced within another trace.');
    const trace = new TraceBinding(shapes, (id) => this.readEager(id));
    this.tracing = trace;
    try {
      return fn(trace);
    } catch (error) {
      trace.dispose();
      throw error;
    } finally {
      this.tracing = undefined;
    }
  }

  /** Whether a kernel is recorded as one op of its own name. */
  takes(kernel: string): boolean {
    return this.tracing?.shapes.takes(kernel) ?? false;
  }

  isUsingGpuDevice(): boolean {
    return false;
  }

  getNumOfTensors(): number {
    return this.held.size + (this.eager?.getNumOfTensors() ?? 0);
  }

  createTensor(shape: number[], dtype: number, values: backend_util.BackendValues): number {
    const id = this.tracing ? this.tracing.createTensor(shape, dtype, values) : this.nextId++;
    this.held.set(id, { shape, dtype, values });
    return id;
  }

  deleteTensor(id: number): void {
    if (id < FIRST_HELD_ID) {
      this.eager?.deleteTensor(id);
      return;
    }
    const value = this.held.get(id);
    if (value?.eagerId !== undefined) this.eager!.deleteTensor(value.eagerId);
    this.held.delete(id);
  }

  tensorDataSync(id: number): Float32Array | Int32Array | Uint8Array {
    return this.tracing ? this.tracing.tensorDataSync(id) : this.executing().tensorDataSync(this.eagerId(id));
  }

  executeOp(name: string, attributes: OpAttribute[], inputs: number[], outputs: number): TensorMetadata[] {
    if (this.tracing) return this.tracing.executeOp(name, attributes, inputs);
    return this.executing(name).executeOp(
      name,
      attributes,
      inputs.map((id) => this.eagerId(id)),
      outputs,
    );
  }

  private executing(op?: string): EagerBinding {
    if (this.eager) return this.eager;
    throw new Error(
      `${op ? `The op ${op}` : 'Reading a tensor'} outside of a compiled step needs native TensorFlow.`,
    );
  }

  private eagerId(id: number): number {
    if (id < FIRST_HELD_ID) return id;
    const value = this.held.get(id);
    if (!value)
      throw new Error('A traced tensor was used after its trace: it has no value outside of a run.');
    value.eagerId ??= this.executing().createTensor(value.shape, value.dtype, value.values);
    return value.eagerId;
  }

  private readEager(id: number) {
    const value = this.held.get(id);
    if (value) return { ...value, values: asArray(value.values) };
    const eager = this.executing();
    return { ...eager.describe(id), values: eager.tensorDataSync(id) };
  }
}
