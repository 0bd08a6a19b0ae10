import { attribute, type Node, type Value } from '../../graph/ir.ts';
import type { LowRule } from '../../graph/lower/bfloat16.ts';
import type { Emitter } from '../emitter.ts';

/** The shape and type (a TF_DataType) of an output. */
export interface Inferred {
  shape: number[];
  dtype: number;
}

/** All that the engine knows of an op: one entry of the table in `index.ts`. */
export interface OpRule {
  infer(node: Node): Inferred[];
  /** Writes the instructions that compute the op's outputs. */
  emit(node: Node, emitter: Emitter): void;
  /** What mixed precision makes of it; left out: it computes in float32. */
  low?: LowRule;
  /** Its output may be its input's memory: whoever uses the one uses the other. */
  view?: boolean;
}

export const input = (node: Node, index: number): Value => node.inputs[index] as Value;

export const output = (node: Node, index = 0): Value => node.outputs[index]!;

/** One output like an input. */
export const like =
  (index = 0) =>
  (node: Node): Inferred[] => {
    const { shape, dtype } = input(node, index);
    return [{ shape: [...shape], dtype }];
  };

/** The values of an input that is a constant of the trace. Throws if it is computed. */
export function constantOf(value: Value): number[] {
  let { node } = value;
  while (node.op === 'Identity' || node.op === 'Reshape') ({ node } = input(node, 0));
  if (!node.constant) throw new Error(`${value.node.op} is computed where a constant is expected.`);
  return Array.from(node.constant.values, Number);
}

/** The one number that a constant consists of; undefined if it is computed or has several. */
export function uniformOf(value: Value): number | undefined {
  const { constant } = value.node;
  if (!constant || constant.values.length === 0) return undefined;
  const first = Number(constant.values[0]);
  for (let i = 1; i < constant.values.length; i++) if (Number(constant.values[i]) !== first) return undefined;
  return first;
}

/** A number among the attributes of one of our own kernels or of TensorFlow's ops. */
export const option = (node: Node, name: string): number => Number(attribute<number>(node, name));

/** The shape that two shapes are broadcast to. */
export function broadcast(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  const at = (shape: readonly number[], axis: number) => shape[shape.length - rank + axis] ?? 1;
  return Array.from({ length: rank }, (_, axis) => {
    const [x, y] = [at(a, axis), at(b, axis)];
    if (x !== y && x !== 1 && y !== 1) throw new Error(`Shapes [${a}] and [${b}] do not fit each other.`);
    return x === 1 ? y : x;
  });
}

/** Axes counted from 0, of an input that is a constant. */
export const axesOf = (value: Value, rank: number): number[] =>
  constantOf(value).map((axis) => (axis < 0 ? axis + rank : axis));
