import type { Balance, Weights } from './balance.ts';

const TEMPERATURE = 2;

/**
 * Dynamic weight average (Liu et al., 2019): from the third epoch on, a loss that fell less in the last epoch weighs more. The weights
 * add up to alpha + beta.
 */
export const dwa = (initial: Weights): Balance => ({
  afterEpoch: (state, losses) => {
    const { last } = state.memory;
    const memory = { last: losses };
    if (!last) return { ...state, memory };
    const raw = {
      gender: Math.exp(ratio(losses.gender, last.gender) / TEMPERATURE),
      identity: Math.exp(ratio(losses.identity, last.identity) / TEMPERATURE),
    };
    const scale = (initial.gender + initial.identity) / (raw.gender + raw.identity);
    return {
      ...state,
      memory,
      weights: { gender: raw.gender * scale, identity: raw.identity * scale },
    };
  },
});

const ratio = (now: number, before: number) => (before > 0 && Number.isFinite(now) ? now / before : 1);
