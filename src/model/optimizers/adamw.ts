import type { Parameter } from '../layers.ts';
import { type AdamSpec, adamWith } from './adam.ts';
import type { Optimizer } from './optimizer.ts';

/** AdamW (Loshchilov and Hutter, 2019) as torch.optim.AdamW: weight decay apart from the gradient. */
export function adamw(spec: AdamSpec, parameters: readonly Parameter[]): Optimizer {
  return adamWith(spec, parameters);
}
