import type { Node } from '../graph/ir.ts';
import { DataType, valueBytes } from '../native/library.ts';
import { Type } from './library.ts';
import type { Place } from './memory.ts';
import type { Layout, Primitive } from './primitives.ts';

/** Memory of a program: a place of its own, or one in the arena that the plan decides. */
export interface Storage {
  bytes: number;
  /** Variables and constants; undefined: in the arena, or kept where a later instruction of the same kind needs it. */
  place?: Place;
  /** Whether what lies there changes from run to run only with variables. */
  constant: boolean;
}

/** A view of a storage as an array. */
export interface Tensor {
  storage: Storage;
  /** Bytes from the start of the storage. */
  offset: number;
  shape: readonly number[];
  /** A TF_DataType. */
  dtype: number;
  layout: Layout;
}

/** Typed arrays over tensors, for the instructions that JavaScript computes. */
export type HostArray = Float32Array | Int32Array | Uint8Array;

export interface Instruction {
  /** What the instruction does, for profiles and errors. */
  label: string;
  node: Node | undefined;
  reads: Storage[];
  writes: Storage[];
  primitive?: Primitive;
  arguments?: Array<{ argument: number; layout: Layout; storage: Storage; offset: number }>;
  host?: { tensors: Tensor[]; run: (arrays: HostArray[], step: RunInfo) => void };
  /** A written storage that may take the place of a read one that no later instruction needs. */
  inPlace?: Array<{ write: Storage; read: Storage }>;
}

/** What an instruction may ask of a run. */
export interface RunInfo {
  seed: number;
  step: number;
}

/** TF_DataType → dnnl_data_type_t. */
const types: Record<number, number> = {
  [DataType.FLOAT]: Type.f32,
  [DataType.BFLOAT16]: Type.bf16,
  [DataType.INT32]: Type.s32,
  [DataType.UINT8]: Type.u8,
  [DataType.BOOL]: Type.u8,
};

export const typeOf = (dtype: number): number => types[dtype]!;
export const bytesOf = (dtype: number): number => valueBytes[dtype] ?? 4;
