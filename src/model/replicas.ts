import * as tf from '@tensorflow/tfjs-core';
import type { StepContext, StepInput } from '../tensor/index.ts';
import type { Parameter } from './layers.ts';

type Tensors = Record<string, tf.Tensor>;

/** What one replica found: outputs of its part of the batch, and gradients. */
export interface Found {
  outputs: Tensors;
  gradients: Map<Parameter, tf.Tensor>;
}

const SEPARATOR = '@';

/** The inputs of several replicas as those of one step: the first has the plain names, replica k `name@k`. */
export function replicaInputs(each: readonly Record<string, StepInput>[]): Record<string, StepInput> {
  return Object.fromEntries(
    each.flatMap((inputs, k) =>
      Object.entries(inputs).map(([name, input]) => [k === 0 ? name : `${name}${SEPARATOR}${k}`, input]),
    ),
  );
}

/** The inputs of each replica; what has no name of its own there is shared. */
export function inputsOfEach(inputs: Tensors): Tensors[] {
  const own = new Map<number, Tensors>();
  const plain: Tensors = {};
  for (const [key, tensor] of Object.entries(inputs)) {
    const at = key.lastIndexOf(SEPARATOR);
    if (at < 0) {
      plain[key] = tensor;
      continue;
    }
    const k = Number(key.slice(at + 1));
    own.set(k, { ...own.get(k), [key.slice(0, at)]: tensor });
  }
  return [plain, ...[...own.keys()].sort((a, b) => a - b).map((k) => ({ ...plain, ...own.get(k) }))];
}

/**
 * The context of a replica: random numbers of its own, and only the first changes variables, such as the moving averages of
 * normalisations, as buffers of DistributedDataParallel are those of its first process.
 */
export function replicaContext(context: StepContext, k: number): StepContext {
  if (k === 0) return context;
  const own: StepContext = Object.create(context);
  own.uniform = (shape, name) => context.uniform(shape, `${name}${SEPARATOR}${k}`);
  own.assign = () => {};
  own.add = () => {};
  own.follow = () => {};
  return own;
}

/** Losses and gradients summed over the replicas, whose parts have their share of the batch's weights; logits one after another. */
export function reduced(each: readonly Found[]): Found {
  const [first] = each as [Found];
  if (each.length === 1) return first;
  const outputs = Object.fromEntries(
    Object.keys(first.outputs).map((name) => {
      const parts = each.map((found) => found.outputs[name]!);
      if (parts[0]!.rank > 0) return [name, tf.concat(parts, 0)];
      // Weights in effect are the same on every replica.
      return [name, name.endsWith('InEffect') ? parts[0]! : tf.addN(parts)];
    }),
  );
  const gradients = new Map(
    [...first.gradients.keys()].map((parameter) => [
      parameter,
      tf.addN(each.map((found) => found.gradients.get(parameter)!)),
    ]),
  );
  return { outputs, gradients };
}
