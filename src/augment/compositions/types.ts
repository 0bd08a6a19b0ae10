import type { Random } from '../../base/random.ts';
import type { ParameterSchema } from '../effects/types.ts';

/** Part of a policy with a probability: `draw` gives what is applied if it is chosen. */
export interface Part<Step> {
  p: number;
  draw(random: Random): Step[];
}

/** A way to choose among parts of a policy. */
export interface Composition {
  /** Its name in `augment.policy`, where effects have theirs. */
  name: string;
  description: string;
  /** Probability with which it is entered, if the policy does not say. */
  p: number;
  /** Its parameters beside `effects`. */
  parameters: Record<string, ParameterSchema>;
  draw<Step>(parts: readonly Part<Step>[], parameters: Record<string, unknown>, random: Random): Step[];
}

/** What a part gives with its own probability. */
export function drawn<Step>(part: Part<Step>, random: Random): Step[] {
  return random.chance(part.p) ? part.draw(random) : [];
}
