import type { backend_util } from '@tensorflow/tfjs-core';
import {
  AttributeType,
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
        if (!isInferredAttribute(name, attribute.name)) this.setAttribute(op, attribute, what);
      }
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

  private setAttribute(op: Pointer, { name, type, value }: OpAttribute, what: () => string): void {
    const { api } = this;
    switch (type) {
      case AttributeType.STRING:
        api.opSetAttrString(op, name, value, Buffer.byteLength(value as string));
        break;
      case AttributeType.INT:
        if (typeof value === 'number') api.opSetAttrInt(op, name, value);
        else {
          const list = BigInt64Array.from(Array.from(value as ArrayLike<number>), BigInt);
          api.opSetAttrIntList(op, name, list, list.length);
        }
        break;
      case AttributeType.FLOAT:
        if (typeof value === 'number') api.opSetAttrFloat(op, name, value);
        else {
          const list = Float32Array.from(value as ArrayLike<number>);
          api.opSetAttrFloatList(op, name, list, list.length);
        }
        break;
      case AttributeType.BOOL:
        api.opSetAttrBool(op, name, value ? 1 : 0);
        break;
      case AttributeType.TYPE:
        api.opSetAttrType(op, name, value);
        break;
      case AttributeType.SHAPE: {
        const list = value as number[];
        api.opSetAttrShape(op, name, BigInt64Array.from(list, BigInt), list.length, this.status.pointer);
        this.status.check(what);
        break;
      }
      default:
        throw new Error(`Attribute ${name} of type ${type} cannot be set (${what()}).`);
    }
  }
}

/** A scalar as a list of one; lists as they are. */
export function asArray(values: backend_util.BackendValues | number | boolean): ArrayLike<number> {
  return (typeof values === 'number' || typeof values === 'boolean' ? [values] : values) as ArrayLike<number>;
}
