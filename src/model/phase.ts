import type { Parameter } from './layers.ts';
import { matches, matchesAny } from './patterns.ts';

/** A part of the training, as the learner sees it. */
export interface Phase {
  /** Optimizer step at which it begins; they count from 1. */
  firstStep: number;
  /** Patterns of the parameters that learn; all where left out. */
  train?: readonly string[];
  /** Pattern → factor of the learning rate, in place of optimizer.rates. */
  rates?: Readonly<Record<string, number>>;
}

/** Whether a parameter learns in a phase. The weights of the two losses always do. */
export function learns(
  parameter: Parameter,
  freeze: readonly string[],
  { train }: Pick<Phase, 'train'>,
): boolean {
  if (!parameter.trainable) return false;
  if (parameter.name.startsWith('balance.')) return true;
  return !matchesAny(freeze, parameter) && (!train || train.includes('*') || matchesAny(train, parameter));
}

/** What a parameter's learning rate is multiplied by: the last rate whose pattern matches, and the decay of its layer. */
export function rateOf(
  { name, depth: own }: Parameter,
  {
    rates,
    layerDecay,
    depth,
  }: { rates: Readonly<Record<string, number>>; layerDecay: number; depth: number },
): number {
  const found = Object.entries(rates).findLast(([pattern]) => matches(pattern, name));
  return (found?.[1] ?? 1) * layerDecay ** (depth - own);
}
