import type { Balance, BalanceState, Weights } from './balance.ts';

/** How strongly the tasks are held to one pace, and the step of the weights: the paper's. */
const ALPHA = 1.5;
const RATE = 0.025;
const [BETA1, BETA2, EPSILON] = [0.9, 0.999, 1e-8];
const LEAST = 1e-3;

const tasks = ['gender', 'identity'] as const;

/**
 * GradNorm (Chen et al., 2018): the weights follow the gradient of Σ |w · norm − mean norm · pace^1.5| by Adam, where a task's pace is
 * what is left of its first loss against the mean of both. They add up to alpha + beta.
 */
export const gradnorm = (initial: Weights): Balance => ({
  afterStep: (state, { losses, norms }) => {
    if (!norms || tasks.some((task) => !(norms[task] > 0) || !(losses[task] > 0))) return state;
    const first = state.memory.first ?? losses;
    const left = mapped((task) => losses[task] / first[task]);
    const pace = mapped((task) => left[task] / ((left.gender + left.identity) / 2));
    const weighted = mapped((task) => state.weights[task] * norms[task]);
    const mean = (weighted.gender + weighted.identity) / 2;
    const gradient = mapped((task) => Math.sign(weighted[task] - mean * pace[task] ** ALPHA) * norms[task]);
    return moved({ ...state, memory: { ...state.memory, first } }, gradient, initial);
  },
});

function moved(state: BalanceState, gradient: Weights, initial: Weights): BalanceState {
  const count = state.count + 1;
  const zero = { gender: 0, identity: 0 };
  const { m: oldM = zero, v: oldV = zero } = state.memory;
  const m = mapped((task) => BETA1 * oldM[task] + (1 - BETA1) * gradient[task]);
  const v = mapped((task) => BETA2 * oldV[task] + (1 - BETA2) * gradient[task] ** 2);
  const raw = mapped((task) => {
    const step = m[task] / (1 - BETA1 ** count) / (Math.sqrt(v[task] / (1 - BETA2 ** count)) + EPSILON);
    return Math.max(LEAST, state.weights[task] - RATE * step);
  });
  const scale = (initial.gender + initial.identity) / (raw.gender + raw.identity);
  return {
    count,
    memory: { ...state.memory, m, v },
    weights: mapped((task) => raw[task] * scale),
  };
}

const mapped = (value: (task: (typeof tasks)[number]) => number): Weights => ({
  gender: value('gender'),
  identity: value('identity'),
});
