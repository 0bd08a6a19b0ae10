import type { backend_util } from '@tensorflow/tfjs-core';
import { AttributeType, type OpAttribute } from './attributes.ts';
import { DataType } from './library.ts';

/** What tfjs-node's kernels get back of an output. */
export interface TensorMetadata {
  id: number;
  shape: number[];
  dtype: number;
}

export type { OpAttribute } from './attributes.ts';

/** What tfjs-node's kernels call for every op: the interface TFJSBinding of tfjs-node 4.22, dist/tfjs_binding.d.ts. */
export interface Binding {
  createTensor(shape: number[], dtype: number, values: backend_util.BackendValues): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): Float32Array | Int32Array | Uint8Array;
  executeOp(name: string, attributes: OpAttribute[], inputs: number[], outputs: number): TensorMetadata[];
  isUsingGpuDevice(): boolean;
  getNumOfTensors(): number;
}

/** The constants that the kernels read off the binding object. */
export const bindingConstants = {
  TF_FLOAT: DataType.FLOAT,
  TF_INT32: DataType.INT32,
  TF_INT64: DataType.INT64,
  TF_BOOL: DataType.BOOL,
  TF_COMPLEX64: DataType.COMPLEX64,
  TF_STRING: DataType.STRING,
  TF_RESOURCE: DataType.RESOURCE,
  TF_UINT8: DataType.UINT8,
  TF_ATTR_STRING: AttributeType.STRING,
  TF_ATTR_INT: AttributeType.INT,
  TF_ATTR_FLOAT: AttributeType.FLOAT,
  TF_ATTR_BOOL: AttributeType.BOOL,
  TF_ATTR_TYPE: AttributeType.TYPE,
  TF_ATTR_SHAPE: AttributeType.SHAPE,
  TF_ATTR_RESOURCE: 9,
} as const;

/** Ops whose inputs form one list argument, with the number of leading inputs outside of it and trailing ones after it. */
const listInputs: Record<string, { before: number; after: number }> = {
  Pack: { before: 0, after: 0 },
  AddN: { before: 0, after: 0 },
  ConcatV2: { before: 0, after: 1 },
  Einsum: { before: 0, after: 0 },
  IdentityN: { before: 0, after: 0 },
};

/** Splits the flat inputs of an op into its arguments, each one value or a list of values. */
export function argumentsOf<T>(op: string, inputs: readonly T[]): Array<T | T[]> {
  const list = listInputs[op];
  if (!list) return [...inputs];
  const end = inputs.length - list.after;
  return [...inputs.slice(0, list.before), inputs.slice(list.before, end), ...inputs.slice(end)];
}

/** Attributes that TensorFlow infers from the length of a list argument and that must not be set. */
export function isInferredAttribute(op: string, name: string): boolean {
  return name === 'N' && op in listInputs;
}

/** Describes an op for an error message. */
export function describeOp(
  op: string,
  attributes: readonly OpAttribute[],
  shapes: ReadonlyArray<readonly number[]>,
): string {
  const inputs = shapes.map((shape) => `[${shape.join(',')}]`).join(', ');
  const attrs = attributes
    .map((a) => `${a.name}=${ArrayBuffer.isView(a.value) ? `[${a.value}]` : JSON.stringify(a.value)}`)
    .join(', ');
  return `${op}(${inputs}) with {${attrs}}`;
}
