/** Losses of one trial, one per objective: lower is better. */
export type Losses = readonly number[];

/** Whether `a` is nowhere worse than `b` and somewhere better. */
export function dominates(a: Losses, b: Losses): boolean {
  let better = false;
  for (const [i, loss] of a.entries()) {
    if (loss > b[i]!) return false;
    if (loss < b[i]!) better = true;
  }
  return better;
}

/** Lexicographic order: what comes later dominates nothing that comes earlier. */
export function compareLosses(a: Losses, b: Losses): number {
  for (const [i, loss] of a.entries()) if (loss !== b[i]!) return loss - b[i]!;
  return 0;
}

/**
 * The front of each: 0 for those that nothing dominates, 1 for those that only these dominate, and so on (Deb et al., 2002). Ranks
 * are counted until `enough` are ranked; the others share the next one.
 */
export function frontRanks(losses: readonly Losses[], enough = losses.length): number[] {
  const ranks = new Array<number>(losses.length).fill(0);
  let left = Array.from(losses.keys()).sort((a, b) => compareLosses(losses[a]!, losses[b]!));
  let unique = countUnique(left, losses);
  // Equal losses are counted once, as they are ranked once.
  let open = Math.min(enough, unique);
  for (let rank = 0; left.length > 0; rank++) {
    if (open <= 0) {
      for (const i of left) ranks[i] = rank;
      break;
    }
    const front: number[] = [];
    const rest: number[] = [];
    // By the order nothing later dominates what is on the front already.
    for (const i of left) (front.some((j) => dominates(losses[j]!, losses[i]!)) ? rest : front).push(i);
    for (const i of front) ranks[i] = rank;
    const after = countUnique(rest, losses);
    open -= unique - after;
    unique = after;
    left = rest;
  }
  return ranks;
}

function countUnique(sorted: readonly number[], losses: readonly Losses[]): number {
  let count = 0;
  for (const [i, index] of sorted.entries())
    if (i === 0 || compareLosses(losses[index]!, losses[sorted[i - 1]!]!) !== 0) count++;
  return count;
}

/** Indices of what nothing dominates, in the given order. */
export function frontOf(losses: readonly Losses[]): number[] {
  const ranks = frontRanks(losses, 1);
  return [...losses.keys()].filter((i) => ranks[i] === 0);
}
