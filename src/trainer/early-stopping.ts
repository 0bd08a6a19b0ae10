/** What early stopping remembers: the best score so far (null: none yet) and the epochs since it. */
export interface StoppingState {
  best: number | null;
  bad: number;
}

export const startStopping = (): StoppingState => ({ best: null, bad: 0 });

/** Whether a score is better than the best so far; an equal one is not, so that the earliest of equals is kept. */
export function isBetter(score: number, best: number | null, mode: 'max' | 'min'): boolean {
  return best === null || (mode === 'max' ? score > best : score < best);
}

/** Counts one epoch's score. */
export function countEpoch(state: StoppingState, score: number, mode: 'max' | 'min'): StoppingState {
  return isBetter(score, state.best, mode)
    ? { best: score, bad: 0 }
    : { best: state.best, bad: state.bad + 1 };
}

/** Whether `patience` epochs have passed without a better score. */
export function isOver(state: StoppingState, patience: number): boolean {
  return state.bad >= patience;
}
