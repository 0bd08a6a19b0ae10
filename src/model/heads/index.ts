import type { Tensor2D } from '@tensorflow/tfjs-core';
import { extension } from '../../plugins/index.ts';
import { relu } from '../../tensor/index.ts';
import { dropout, type Forward, linear, type Parameters } from '../layers.ts';

export interface HeadOptions {
  hidden: number;
  dropout: number;
  /** A head of a plugin, in place of this one. */
  head?: string;
}

/** One task's logits from features, [batch, features] → [batch, outputs]. */
export type Head = (forward: Forward, features: Tensor2D) => Tensor2D;

/** Makes a head; its parameters are named after `name`. */
export type MakeHead = (parameters: Parameters, name: string, features: number, outputs: number) => Head;

/** A head of a plugin: `create` is given its own keys of the spec beside the shape. */
export interface HeadDefinition<Options = Record<string, never>> {
  create(
    parameters: Parameters,
    shape: { name: string; features: number; outputs: number },
    options: Options,
  ): Head;
}

/** The head that `model.heads.<task>` of an experiment describes. */
export function headOf(options: HeadOptions): MakeHead {
  const own = extension<HeadDefinition<unknown>>('head', options.head ?? 'mlp');
  if (!own) return (parameters, ...shape) => head(parameters, ...shape, options);
  const settings = (options as unknown as Record<string, unknown>)[own.name];
  return (parameters, name, features, outputs) =>
    own.create(parameters, { name, features, outputs }, settings);
}

/** Linear(features, hidden), ReLU, Dropout, Linear(hidden, outputs). */
function head(
  parameters: Parameters,
  name: string,
  features: number,
  outputs: number,
  options: HeadOptions,
): Head {
  // Named as in the torch module Sequential(Linear, ReLU, Dropout, Linear).
  const first = linear(parameters, `${name}.0`, features, options.hidden);
  const last = linear(parameters, `${name}.3`, options.hidden, outputs);
  return (forward, x) =>
    last(forward, dropout(forward, relu(first(forward, x)), options.dropout, `${name}.2`));
}
