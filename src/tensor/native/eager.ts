import type { backend_util } from '@tensorflow/tfjs-core';
import { type AttributeSetters, setAttribute } from './attributes.ts';
import {
  argumentsOf,
  type Binding,
  describeOp,
  isInferredAttribute,
  type OpAttribute,
  type TensorMetadata,
} from './binding.ts';
import { type CApi, type Pointer, Status } from './library.ts';
import { newTensor, readTensor } from './memory.ts';

/** Executes each op at once, through TensorFlow's eager C API (TFE_*). It owns the context and every handle until deleteTensor. */
export class EagerBinding implements Binding {
  private readonly api: CApi;
  private readonly status: Status;
  private readonly context: Pointer;
  private readonly handles = new Map<number, Pointer>();
  private readonly setters: AttributeSetters;
  private nextId = 1;
  private readonly outCount = new Int32Array(1);

  /** `config` is a serialized ConfigProto. */
  constructor(api: CApi, config: Uint8Array) {
    this.api = api;
    this.status = new Status(api);
    const options = api.newContextOptions();
    api.contextOptionsSetConfig(options, config, config.length, this.status.pointer);
    this.status.check(() => 'the configuration of the eager context');
    this.context = api.newContext(options, this.status.pointer);
    api.deleteContextOptions(options);
    this.status.check(() => 'a new eager context');
    this.setters = {
      string: api.opSetAttrString,
      int: api.opSetAttrInt,
      ints: api.opSetAttrIntList,
      float: api.opSetAttrFloat,
      floats: api.opSetAttrFloatList,
      bool: api.opSetAttrBool,
      type: api.opSetAttrType,
      shape: (...shape) => api.opSetAttrShape(...shape, this.status.pointer),
    };
  }

  isUsingGpuDevice(): boolean {
    return false;
  }

  getNumOfTensors(): number {
    return this.handles.size;
  }

  createTensor(shape: number[], dtype: number, values: backend_util.BackendValues): number {
    const tensor = newTensor(this.api, shape, dtype, asArray(values));
    try {
      const handle = this.api.newTensorHandle(tensor, this.status.pointer) as Pointer;
      this.status.check(() => `a tensor of shape [${shape}]`);
      return this.keep(handle);
    } finally {
      this.api.deleteTensor(tensor);
    }
  }

  deleteTensor(id: number): void {
    const handle = this.handles.get(id);
    if (handle === undefined) return;
    this.api.deleteTensorHandle(handle);
    this.handles.delete(id);
  }

  tensorDataSync(id: number): Float32Array | Int32Array | Uint8Array {
    const tensor = this.api.tensorHandleResolve(this.handle(id), this.status.pointer) as Pointer;
    this.status.check(() => 'reading a tensor');
    try {
      return readTensor(this.api, tensor);
    } finally {
      this.api.deleteTensor(tensor);
    }
  }

  executeOp(name: string, attributes: OpAttribute[], inputs: number[], outputs: number): TensorMetadata[] {
    const { api, status } = this;
    const what = () =>
      describeOp(
        name,
        attributes,
        inputs.map((id) => this.metadata(id).shape),
      );
    const op = api.newOp(this.context, name, status.pointer) as Pointer;
    status.check(what);
    try {
      for (const argument of argumentsOf(
        name,
        inputs.map((id) => this.handle(id)),
      )) {
        if (Array.isArray(argument)) api.opAddInputList(op, argument, argument.length, status.pointer);
        else api.opAddInput(op, argument, status.pointer);
        status.check(what);
      }
      for (const attribute of attributes) {
        if (!isInferredAttribute(name, attribute.name)) setAttribute(this.setters, op, attribute);
      }
      status.check(what);
      const found = new Array<Pointer>(outputs).fill(null);
      this.outCount[0] = outputs;
      api.execute(op, found, this.outCount, status.pointer);
      status.check(what);
      return found.slice(0, this.outCount[0]).map((handle) => this.metadata(this.keep(handle)));
    } finally {
      api.deleteOp(op);
    }
  }

  /** Shape and type of a tensor. */
  describe(id: number): { shape: number[]; dtype: number } {
    const { shape, dtype } = this.metadata(id);
    return { shape, dtype };
  }

  dispose(): void {
    for (const handle of this.handles.values()) this.api.deleteTensorHandle(handle);
    this.handles.clear();
    this.api.deleteContext(this.context);
    this.status.dispose();
  }

  private keep(handle: Pointer): number {
    const id = this.nextId++;
    this.handles.set(id, handle);
    return id;
  }

  private handle(id: number): Pointer {
    const handle = this.handles.get(id);
    if (handle === undefined) throw new Error(`Tensor ${id} was disposed or belongs to another backend.`);
    return handle;
  }

  private metadata(id: number): TensorMetadata {
    const { api, status } = this;
    const handle = this.handle(id);
    const rank = api.tensorHandleNumDims(handle, status.pointer) as number;
    const shape = Array.from({ length: rank }, (_, i) =>
      Number(api.tensorHandleDim(handle, i, status.pointer)),
    );
    return { id, shape, dtype: api.tensorHandleDataType(handle) as number };
  }
}

/** A scalar as a list of one; lists as they are. */
export function asArray(values: backend_util.BackendValues | number | boolean): ArrayLike<number> {
  return (typeof values === 'number' || typeof values === 'boolean' ? [values] : values) as ArrayLike<number>;
}
