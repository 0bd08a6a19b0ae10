import type { Observation } from './observation.ts';

/**
 * Coordinates that have always been there together, whose density is a joint one: where `when` divides a space, its branches. Coordinates
 * that no ended observation has had stand alone. `joint` false: every coordinate stands alone.
 */
export function groupsOf(
  coordinates: number,
  observations: readonly Observation[],
  joint: boolean,
): number[][] {
  if (!joint) return Array.from({ length: coordinates }, (_, i) => [i]);
  const groups = new Map<string, number[]>();
  const seen = observations.filter(({ state }) => state !== 'running');
  for (let i = 0; i < coordinates; i++) {
    let signature = '';
    for (const { at } of seen) signature += Number.isNaN(at[i]!) ? '0' : '1';
    const key = signature.includes('1') ? signature : `alone ${i}`;
    const group = groups.get(key);
    if (group) group.push(i);
    else groups.set(key, [i]);
  }
  return [...groups.values()];
}
