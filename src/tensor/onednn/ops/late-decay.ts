import { type Node, scaledVariable, size, type Value } from '../../graph/ir.ts';
import { DataType } from '../../native/library.ts';
import type { Emitter } from '../emitter.ts';
import { LARGE } from './elementwise.ts';
import { input, output, uniformOf } from './rule.ts';
import { variableOf } from './sources.ts';

/**
 * An L2 penalty (gradient + weight · decay) that an optimizer's pass adds to each part of the gradient while that is in the cache: apart
 * from the pass it would read and write all weights twice more.
 */
export interface LateDecay {
  gradient: Value;
  decay: number;
}

/** Which input of an optimizer's op is the gradient. */
const gradients: Readonly<Record<string, number>> = { ResourceApplyAdam: 9, ResourceApplyMomentum: 3 };

/** What an optimizer's gradient consists of, if the optimizer may add the penalty itself. */
export function lateDecay(e: Emitter, optimizer: Node): LateDecay | undefined {
  const sum = input(optimizer, gradients[optimizer.op]!);
  if (!isSum(sum.node) || sum.dtype !== DataType.FLOAT || size(sum.shape) < LARGE) return undefined;
  if (e.soleUser(sum, optimizer.op) !== optimizer) return undefined;
  const [a, b] = [input(sum.node, 0), input(sum.node, 1)];
  return penalty(e, a, b, optimizer) ?? penalty(e, b, a, optimizer);
}

/** Whether an op computes what an optimizer adds itself: the sum, or the weights times the decay. */
export function isLateDecay(e: Emitter, node: Node): boolean {
  const user = e.users(output(node))[0];
  if (!user) return false;
  if (isSum(node)) return user.op in gradients && lateDecay(e, user) !== undefined;
  return isSum(user) && weightOf(node) !== undefined && isLateDecay(e, user);
}

/** Their values are others' memory. */
const sources = new Set(['ReadVariableOp', 'Const', 'Placeholder']);

const isSum = ({ op }: Node): boolean => op === 'AddV2' || op === 'Add';

function penalty(e: Emitter, gradient: Value, scaled: Value, optimizer: Node): LateDecay | undefined {
  const weight = weightOf(scaled.node);
  if (!weight || e.users(scaled).length !== 1 || e.isFetched(scaled)) return undefined;
  const name = variableOf(input(optimizer, 0).node);
  if (variableOf(input(weight.read, 0).node) !== name) return undefined;
  if (size(gradient.shape) !== size(scaled.shape) || !isOwn(e, gradient)) return undefined;
  // What was read is the weight still.
  return e.writers(name).length === 1 ? { gradient, decay: weight.decay } : undefined;
}

/** What decays, and by how much, of a variable times a number that is known. */
function weightOf(node: Node): { read: Node; decay: number } | undefined {
  const scaled = scaledVariable(node);
  const decay = scaled && uniformOf(scaled.factor);
  return decay === undefined ? undefined : { read: scaled!.read.node, decay };
}

/** Whether nothing else uses the memory of a value. */
function isOwn(e: Emitter, value: Value): boolean {
  let found = value;
  while (e.users(found).length === 1 && !e.isFetched(found)) {
    if (!e.isView(found.node)) return !sources.has(found.node.op);
    found = input(found.node, 0);
  }
  return false;
}
