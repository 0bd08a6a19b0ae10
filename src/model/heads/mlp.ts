import type { Tensor2D } from '@tensorflow/tfjs-core';
import { relu } from '../activations.ts';
import { dropout, type Layer, linear, type Parameters } from '../layers.ts';

/**
 * Linear(features, hidden), ReLU, Dropout, Linear(hidden, outputs), named as in the torch module Sequential of these; without a hidden
 * layer Dropout, Linear(features, outputs).
 */
export function mlp(
  parameters: Parameters,
  name: string,
  features: number,
  outputs: number,
  options: { hidden: number; dropout: number },
): { hidden: Layer<Tensor2D>; last: Layer<Tensor2D> } {
  const { hidden, dropout: rate } = options;
  if (hidden === 0) {
    const last = linear(parameters, `${name}.1`, features, outputs);
    return {
      hidden: (_, x) => x,
      last: (forward, x) => last(forward, dropout(forward, x, rate, `${name}.0`)),
    };
  }
  const first = linear(parameters, `${name}.0`, features, hidden);
  const last = linear(parameters, `${name}.3`, hidden, outputs);
  return {
    hidden: (forward, x) => relu(first(forward, x)),
    last: (forward, x) => last(forward, dropout(forward, x, rate, `${name}.2`)),
  };
}
