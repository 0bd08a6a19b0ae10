import type { Balance, BalanceName, BalanceState, Weights } from './balance.ts';
import { dwa } from './dwa.ts';
import { gradnorm } from './gradnorm.ts';

export type { BalanceState, Weights } from './balance.ts';

/** Every way to weigh the losses: one line each. What is empty here happens within the step. */
const balances: Record<BalanceName, (initial: Weights) => Balance> = {
  fixed: () => ({}),
  uncertainty: () => ({}),
  pcgrad: () => ({}),
  dwa,
  gradnorm,
};

export interface Balancer extends Balance {
  start(): BalanceState;
}

/** The balance of a spec: `alpha`, `beta` and how they change. */
export function createBalance({
  alpha,
  beta,
  balance,
}: {
  alpha: number;
  beta: number;
  balance: BalanceName;
}): Balancer {
  const weights = { gender: alpha, identity: beta };
  return { ...balances[balance](weights), start: () => ({ weights, memory: {}, count: 0 }) };
}
