import { FacecomError } from '../base/errors.ts';
import { extension } from '../plugins/index.ts';
import { compositions } from './compositions/index.ts';
import { drawn, type Part } from './compositions/types.ts';
import { effects } from './effects/index.ts';
import type { Effect, ParameterSchema } from './effects/types.ts';
import { limited } from './limit.ts';
import { type PolicyEntry, policies } from './policies.ts';
import { atStrength, strengthAt } from './strength.ts';
import type { AugmentThreads } from './threads/threads.ts';
import type { Augmenter, AugmentSettings } from './types.ts';

export type { Picture } from '../pixels/index.ts';
export { compositions } from './compositions/index.ts';
export { effects } from './effects/index.ts';
export type { Effect } from './effects/types.ts';
export { createMixer, type Mixer, type MixSettings } from './mix.ts';
export { type Policy, type PolicyEntry, policies } from './policies.ts';
export { strengthAt } from './strength.ts';
export { AugmentThreads } from './threads/threads.ts';
export type { Augmenter, AugmentSettings } from './types.ts';

export interface AugmenterOptions {
  /** How far parameters are from where effects do nothing; 1: as the policy says. */
  strength?: number;
  /** Most effects that meet in one image, one of them of the light; 0: no limit. */
  maxEffects?: number;
}

interface Step {
  // biome-ignore lint/suspicious/noExplicitAny: each effect has parameters of its own, checked by its schema.
  effect: Effect<any>;
  parameters: Record<string, unknown>;
}

/**
 * The augmenter of an epoch, counted from 0, on threads where some are given. Throws `augment-policy` for what does not exist.
 */
export function epochAugmenter(
  settings: AugmentSettings,
  imageSize: number,
  epoch: number,
  threads?: AugmentThreads,
): Augmenter {
  const { policy, strength, schedule, max_effects } = settings;
  const augmenter = createAugmenter(policy, imageSize, {
    strength: strengthAt(strength, schedule, epoch),
    maxEffects: max_effects,
  });
  // The effects of plugins are loaded on this thread alone.
  if (!threads || !resolvePolicy(policy).every(isBuiltin)) return augmenter;
  const augment = { policy, strength, schedule, max_effects };
  return {
    ...augmenter,
    batches: {
      memory: (bytes) => threads.memory(bytes),
      apply: (images, streams) =>
        threads.apply({ settings: augment, imageSize, images, ...streams }, augmenter),
    },
  };
}

const isBuiltin = ({ effect, effects: inner }: PolicyEntry): boolean =>
  effects.some(({ name }) => name === effect) ||
  (compositions.some(({ name }) => name === effect) && ((inner ?? []) as PolicyEntry[]).every(isBuiltin));

/** The effects of a policy, its name or a list, in order, each with its probability. Throws `augment-policy` for what does not exist. */
export function createAugmenter(
  policy: string | readonly object[],
  imageSize: number,
  { strength = 1, maxEffects = 0 }: AugmenterOptions = {},
): Augmenter {
  const parts = resolvePolicy(policy).map((entry) => partOf(entry, strength));
  return {
    apply(pixels, random) {
      const picture = { pixels, size: imageSize };
      const steps = parts.flatMap((part) => drawn(part, random));
      for (const { effect, parameters } of maxEffects > 0 ? limited(steps, maxEffects, random) : steps)
        effect.apply(picture, parameters, random);
    },
  };
}

function partOf(entry: PolicyEntry, strength: number): Part<Step> {
  const composition = compositions.find(({ name }) => name === entry.effect);
  if (composition) {
    const parameters = filled(entry, composition.parameters);
    const parts = ((entry.effects ?? []) as PolicyEntry[]).map((inner) => partOf(inner, strength));
    if (parts.length === 0)
      throw new FacecomError(
        'augment-policy',
        `${entry.effect} in augment.policy has nothing to choose from.`,
        {
          expected: 'effects: a list of at least one',
          exitCode: 2,
        },
      );
    return {
      p: entry.p ?? composition.p,
      draw: (random) => composition.draw(parts, parameters, random),
    };
  }
  const effect = effects.find(({ name }) => name === entry.effect) ?? ownEffect(entry.effect);
  if (!effect)
    throw new FacecomError('augment-policy', 'augment.policy names an effect that does not exist.', {
      found: String(entry.effect),
      expected: [...effects, ...compositions].map(({ name }) => name).join(', '),
      exitCode: 2,
    });
  const step = { effect, parameters: atStrength(effect, filled(entry, effect.parameters), strength) };
  return { p: entry.p ?? effect.p, draw: () => [step] };
}

/** The parameters of an entry, those left out with their defaults. */
function filled(entry: PolicyEntry, schemas: Record<string, ParameterSchema>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [name, entry[name] ?? schema.default]),
  );
}

/** An effect of a plugin. */
const ownEffect = (name: string): Effect<Record<string, unknown>> | undefined =>
  extension<Effect<Record<string, unknown>>>('effect', name);

function resolvePolicy(policy: string | readonly object[]): readonly PolicyEntry[] {
  if (typeof policy !== 'string') return policy as readonly PolicyEntry[];
  if (Object.hasOwn(policies, policy)) return policies[policy]!.effects;
  throw new FacecomError('augment-policy', 'augment.policy names a policy that does not exist.', {
    found: policy,
    expected: Object.keys(policies).join(', '),
    exitCode: 2,
  });
}
