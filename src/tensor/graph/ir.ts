import { type OpAttribute, typeAttribute } from '../native/attributes.ts';

/** One output of a traced op. Shapes are static: a program is traced once per input shape. */
export interface Value {
  node: Node;
  index: number;
  shape: number[];
  /** A TF_DataType. */
  dtype: number;
}

/** An input argument of an op: one value, or a list of values. */
export type Argument = Value | Value[];

/** One traced op. */
export interface Node {
  op: string;
  attributes: Attribute[];
  inputs: Argument[];
  /** Ops that must have run before this one. */
  control: Node[];
  outputs: Value[];
  /** Values of a Const. */
  constant?: { shape: number[]; dtype: number; values: ArrayLike<number> };
  /** The device that it was recorded for, by its number; left out: where its inputs are. */
  device?: number;
  /** Its `stack` tells where in the traced function the op was called. */
  origin?: { stack?: string };
}

/** An attribute as tfjs-node's kernels pass it, or a list of types. */
export type Attribute = OpAttribute;

/** A traced function: its ops in the order of tracing, what it takes, gives and does. */
export interface Trace {
  nodes: Node[];
  inputs: Map<string, Value>;
  outputs: Map<string, Value>;
  /** Ops that are run for their effect: assignments and optimizers. */
  effects: Node[];
}

export {
  boolAttribute,
  floatAttribute,
  intAttribute,
  shapeAttribute,
  stringAttribute,
  typeAttribute,
} from '../native/attributes.ts';

/** An op that waits for nothing but its inputs; its outputs are for whoever records it to fill in. */
export function plainNode(op: string, attributes: Attribute[], inputs: Argument[]): Node {
  return { op, attributes, inputs, control: [], outputs: [] };
}

/** A Const. */
export function constantNode(constant: NonNullable<Node['constant']>): Node {
  return { ...plainNode('Const', [typeAttribute('dtype', constant.dtype)], []), constant };
}

/** The value of an attribute, or undefined. */
export function attribute<T>(node: Node, name: string): T | undefined {
  return node.attributes.find((a) => a.name === name)?.value as T | undefined;
}

/** Names of the variables that an op is given to read or change. */
export const handlesOf = (node: Node): string[] =>
  node.inputs
    .flat()
    .filter(({ node: source }) => source.op === 'VarHandleOp')
    .map(({ node: source }) => attribute<string>(source, 'shared_name')!);

/** The two of a variable times a number, if that is what an op computes. */
export function scaledVariable(node: Node): { read: Value; factor: Value } | undefined {
  if (node.op !== 'Mul') return undefined;
  const [a, b] = node.inputs as [Value, Value];
  const isVariable = ({ node: source }: Value) => source.op === 'ReadVariableOp';
  if (isVariable(a) && b.shape.length === 0) return { read: a, factor: b };
  return isVariable(b) && a.shape.length === 0 ? { read: b, factor: a } : undefined;
}

/** The ops that change each variable, by its name, in their order. */
export function writersOf({ effects }: Trace): Map<string, Node[]> {
  const found = new Map<string, Node[]>();
  for (const node of effects)
    for (const name of handlesOf(node)) found.set(name, [...(found.get(name) ?? []), node]);
  return found;
}

/** Of a convolution or one of its gradients: pixels from window to window. */
export const strideOf = (node: Node): number => attribute<number[]>(node, 'strides')![1]!;

export const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
