import type { Effect, ParameterSchema } from './effects/types.ts';

/** A point of `augment.schedule`: the strength in an epoch, counted from 1. */
export interface StrengthPoint {
  epoch: number;
  strength: number;
}

/**
 * Strength in an epoch (counted from 0): the policy's own times the schedule's, which is linear between its points and constant outside
 * them.
 */
export function strengthAt(strength: number, schedule: readonly StrengthPoint[], epoch: number): number {
  const now = epoch + 1;
  const next = schedule.findIndex((point) => point.epoch > now);
  const before = schedule.at(next === -1 ? -1 : Math.max(0, next - 1));
  if (!before) return strength;
  if (next <= 0) return strength * before.strength;
  const after = schedule[next]!;
  const share = (now - before.epoch) / (after.epoch - before.epoch);
  return strength * (before.strength + share * (after.strength - before.strength));
}

/** Parameters whose distance from where the effect does nothing is multiplied by the strength, within the bounds of the schema. */
export function atStrength(
  // biome-ignore lint/suspicious/noExplicitAny: any effect's parameters.
  effect: Effect<any>,
  parameters: Record<string, unknown>,
  strength: number,
): Record<string, unknown> {
  if (strength === 1) return parameters;
  const scaled = { ...parameters };
  for (const [name, neutral] of Object.entries((effect.neutral ?? {}) as Record<string, number>)) {
    const schema = effect.parameters[name] as ParameterSchema;
    const value = parameters[name];
    scaled[name] = Array.isArray(value)
      ? value.map((end) => moved(end, neutral, strength, schema.items as Bounds))
      : moved(value as number, neutral, strength, schema);
  }
  return scaled;
}

interface Bounds {
  type?: string;
  minimum?: number;
  maximum?: number;
}

function moved(value: number, neutral: number, strength: number, bounds: Bounds): number {
  const target = neutral + strength * (value - neutral);
  const within = Math.max(bounds.minimum ?? -Infinity, Math.min(bounds.maximum ?? Infinity, target));
  return bounds.type === 'integer' ? Math.round(within) : within;
}
