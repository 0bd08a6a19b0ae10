import { FacecomError } from '../base/errors.ts';
import type { Random } from '../base/random.ts';
import { extension } from '../plugins/index.ts';
import { effects } from './effects/index.ts';
import type { Effect } from './effects/types.ts';
import { type PolicyEntry, policies } from './policies.ts';

export type { Picture } from '../pixels/index.ts';
export { effects } from './effects/index.ts';
export type { Effect } from './effects/types.ts';
export { type PolicyEntry, policies } from './policies.ts';

export interface Augmenter {
  /** Changes the picture `[size, size, 3]` RGB, 0..255 in place; what it draws comes from the stream. */
  apply(pixels: Uint8Array, random: Random): void;
}

/** The effects of a policy, its name or a list, in order, each with its probability. Throws `augment-policy` for what does not exist. */
export function createAugmenter(policy: string | readonly object[], imageSize: number): Augmenter {
  const steps = resolvePolicy(policy).map((entry) => {
    const effect = effects.find(({ name }) => name === entry.effect) ?? ownEffect(entry.effect);
    if (!effect)
      throw new FacecomError('augment-policy', 'augment.policy names an effect that does not exist.', {
        found: String(entry.effect),
        expected: effects.map(({ name }) => name).join(', '),
        exitCode: 2,
      });
    const parameters: Record<string, unknown> = {};
    for (const [name, schema] of Object.entries(effect.parameters) as [string, { default: unknown }][])
      parameters[name] = entry[name] ?? schema.default;
    return { effect, p: entry.p ?? effect.p, parameters };
  });
  return {
    apply(pixels, random) {
      const picture = { pixels, size: imageSize };
      for (const { effect, p, parameters } of steps)
        if (random.chance(p)) effect.apply(picture, parameters, random);
    },
  };
}

/** An effect of a plugin. */
const ownEffect = (name: string): Effect<Record<string, unknown>> | undefined =>
  extension<Effect<Record<string, unknown>>>('effect', name);

function resolvePolicy(policy: string | readonly object[]): readonly PolicyEntry[] {
  if (typeof policy !== 'string') return policy as readonly PolicyEntry[];
  const named = policies[policy];
  if (named) return named;
  throw new FacecomError('augment-policy', 'augment.policy names a policy that does not exist.', {
    found: policy,
    expected: Object.keys(policies).join(', '),
    exitCode: 2,
  });
}
