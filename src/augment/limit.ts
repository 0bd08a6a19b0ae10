import type { Random } from '../base/random.ts';
import type { Effect } from './effects/types.ts';

/**
 * At most `most` of the steps, of which at most one changes the light of the whole image; which ones is drawn, their order is kept.
 * Geometry is not counted.
 */
export function limited<Step extends { effect: Pick<Effect<never>, 'kind'> }>(
  steps: readonly Step[],
  most: number,
  random: Random,
): readonly Step[] {
  let kept = steps;
  const lights = steps.filter(({ effect }) => effect.kind === 'light');
  if (lights.length > 1) {
    const one = random.pick(lights);
    kept = kept.filter((step) => step === one || step.effect.kind !== 'light');
  }
  const counted = kept.filter(({ effect }) => effect.kind !== 'geometry');
  if (counted.length <= most) return kept;
  const gone = new Set(random.shuffle(counted).slice(most));
  return kept.filter((step) => !gone.has(step));
}
