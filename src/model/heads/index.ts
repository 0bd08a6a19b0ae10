import type { Tensor2D } from '@tensorflow/tfjs-core';
import { relu } from '../../tensor/index.ts';
import { dropout, type Forward, linear, type Parameters } from '../layers.ts';

export interface HeadOptions {
  hidden: number;
  dropout: number;
}

/** Linear(features, hidden), ReLU, Dropout, Linear(hidden, outputs): one task's logits, [batch, outputs]. */
export function head(
  parameters: Parameters,
  name: string,
  features: number,
  outputs: number,
  options: HeadOptions,
) {
  // Named as in the torch module Sequential(Linear, ReLU, Dropout, Linear).
  const first = linear(parameters, `${name}.0`, features, options.hidden);
  const last = linear(parameters, `${name}.3`, options.hidden, outputs);
  return (forward: Forward, x: Tensor2D): Tensor2D =>
    last(forward, dropout(forward, relu(first(forward, x)), options.dropout, `${name}.2`));
}
