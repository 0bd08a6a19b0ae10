import type { backend_util } from '@tensorflow/tfjs-core';
import { FIRST_TRACED_ID, TraceBinding } from '../graph/trace-binding.ts';
import type { Binding, OpAttribute, TensorMetadata } from './binding.ts';
import { asArray, type EagerBinding } from './eager.ts';
import type { CApi } from './library.ts';

/** The one binding that tfjs-node's kernels see: it executes, and while a function is traced it records. */
export class SwitchBinding implements Binding {
  private readonly api: CApi;
  private readonly eager: EagerBinding;
  private tracing: TraceBinding | undefined;
  /** Values that tfjs first handed over while tracing: they may be used eagerly afterwards. */
  private readonly handedOver = new Map<
    number,
    { shape: number[]; dtype: number; values: backend_util.BackendValues; eagerId?: number }
  >();

  constructor(api: CApi, eager: EagerBinding) {
    this.api = api;
    this.eager = eager;
  }

  /** Records what `fn` does; ops run eagerly again when it returns or throws. */
  trace<T>(fn: (trace: TraceBinding) => T): T {
    if (this.tracing) throw new Error('A function is traced within another trace.');
    const trace = new TraceBinding(this.api, (id) => this.readEager(id));
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

  isUsingGpuDevice(): boolean {
    return false;
  }

  getNumOfTensors(): number {
    return this.eager.getNumOfTensors();
  }

  createTensor(shape: number[], dtype: number, values: backend_util.BackendValues): number {
    if (!this.tracing) return this.eager.createTensor(shape, dtype, values);
    const id = this.tracing.createTensor(shape, dtype, values);
    this.handedOver.set(id, { shape, dtype, values });
    return id;
  }

  deleteTensor(id: number): void {
    if (id < FIRST_TRACED_ID) {
      this.eager.deleteTensor(id);
      return;
    }
    const value = this.handedOver.get(id);
    if (value?.eagerId !== undefined) this.eager.deleteTensor(value.eagerId);
    this.handedOver.delete(id);
  }

  tensorDataSync(id: number): Float32Array | Int32Array | Uint8Array {
    return this.tracing ? this.tracing.tensorDataSync(id) : this.eager.tensorDataSync(this.eagerId(id));
  }

  executeOp(name: string, attributes: OpAttribute[], inputs: number[], outputs: number): TensorMetadata[] {
    if (this.tracing) return this.tracing.executeOp(name, attributes, inputs);
    return this.eager.executeOp(
      name,
      attributes,
      inputs.map((id) => this.eagerId(id)),
      outputs,
    );
  }

  private eagerId(id: number): number {
    if (id < FIRST_TRACED_ID) return id;
    const value = this.handedOver.get(id);
    if (!value)
      throw new Error('A traced tensor was used after its trace: it has no value outside of a run.');
    value.eagerId ??= this.eager.createTensor(value.shape, value.dtype, value.values);
    return value.eagerId;
  }

  private readEager(id: number) {
    const value = this.handedOver.get(id);
    if (value) return { ...value, values: asArray(value.values) };
    return { ...this.eager.describe(id), values: this.eager.tensorDataSync(id) };
  }
}
