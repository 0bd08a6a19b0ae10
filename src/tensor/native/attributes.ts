import type { Pointer } from './library.ts';

/** An attribute of an op as tfjs-node's kernels pass it; `type` is an AttributeType. */
export interface OpAttribute {
  name: string;
  type: number;
  value: unknown;
}

/** TF_AttrType. */
export const AttributeType = {
  STRING: 0,
  INT: 1,
  FLOAT: 2,
  BOOL: 3,
  TYPE: 4,
  SHAPE: 5,
} as const;

const { STRING, INT, FLOAT, BOOL, TYPE, SHAPE } = AttributeType;

export const typeAttribute = (name: string, value: number): OpAttribute => ({ name, type: TYPE, value });
export const intAttribute = (name: string, value: number | number[]): OpAttribute => ({
  name,
  type: INT,
  value,
});
export const floatAttribute = (name: string, value: number): OpAttribute => ({ name, type: FLOAT, value });
export const boolAttribute = (name: string, value: boolean): OpAttribute => ({ name, type: BOOL, value });
export const stringAttribute = (name: string, value: string): OpAttribute => ({ name, type: STRING, value });
export const shapeAttribute = (name: string, value: number[]): OpAttribute => ({ name, type: SHAPE, value });

type Setter = (op: Pointer, name: string, ...value: unknown[]) => unknown;

/** The functions of TensorFlow's C API that set an attribute of an op. */
export interface AttributeSetters {
  string: Setter;
  int: Setter;
  ints: Setter;
  float: Setter;
  floats: Setter;
  bool: Setter;
  type: Setter;
  shape: Setter;
}

/** Sets an attribute of an op. Throws if its type cannot be set. */
export function setAttribute(set: AttributeSetters, op: Pointer, { name, type, value }: OpAttribute): void {
  const list = () => Array.from(value as ArrayLike<number>);
  const integers = () => BigInt64Array.from(list(), BigInt);
  switch (type) {
    case STRING:
      set.string(op, name, value, Buffer.byteLength(value as string));
      return;
    case INT:
      if (typeof value === 'number') set.int(op, name, value);
      else set.ints(op, name, integers(), list().length);
      return;
    case FLOAT:
      if (typeof value === 'number') set.float(op, name, value);
      else set.floats(op, name, Float32Array.from(list()), list().length);
      return;
    case BOOL:
      set.bool(op, name, value ? 1 : 0);
      return;
    case TYPE:
      set.type(op, name, value);
      return;
    case SHAPE:
      set.shape(op, name, integers(), list().length);
      return;
    default:
      throw new Error(`Attribute ${name} of type ${type} cannot be set.`);
  }
}
