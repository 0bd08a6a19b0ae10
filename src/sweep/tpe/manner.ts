/** How points are proposed from the densities. */
export interface Manner {
  /** Points drawn for a proposal, the most promising of which is taken: one number after the other, over and over. */
  candidates: readonly number[];
  /** Exponent of the least bandwidth of the good density (Watanabe's α). */
  sharpness: number;
  /** What is good is told apart among the points of a branch, not among all. */
  byBranch: boolean;
}

/** Optuna 5's, with its group mode: what densities are tested against. */
export const optuna: Manner = { candidates: [24], sharpness: 1, byBranch: false };

// Chosen on functions and seeds (`bench search --only tuning`) other than those that are measured.

/**
 * Of one objective. Optuna's kernels are never narrower than 1/12 of the range within 100 trials, which keeps a search from closing in; these
 * are as narrow as the points lie. Few and many candidates in turn, and now and then one that is taken as it is drawn, look elsewhere in return.
 */
export const single: Manner = { candidates: [8, 96, 8, 96, 1], sharpness: 1.75, byBranch: true };

/** Of several objectives. */
export const several: Manner = { candidates: [8, 96], sharpness: 1, byBranch: false };
