/** Scores in falling order with how many pairs of either kind lie at or above each: one element a different score. */
export interface Roc {
  /** Falling. */
  thresholds: Float64Array;
  /** Pairs of one identity, and of two, whose score is at least the threshold. */
  hits: Float64Array;
  alarms: Float64Array;
  positives: number;
  negatives: number;
}

/**
 * Counts pairs by falling score. Weights count a pair as often. Scores are cosines or other finite float32.
 * Sorting keys that hold score and position in one number each is what makes a million pairs quick.
 */
export function roc(
  scores: Float32Array,
  same: ArrayLike<boolean | number>,
  weights?: ArrayLike<number>,
  order = fallingOrder(scores),
): Roc {
  const n = scores.length;
  const thresholds = new Float64Array(n);
  const hits = new Float64Array(n);
  const alarms = new Float64Array(n);
  let [positives, negatives, count] = [0, 0, 0];
  for (let k = 0; k < n; k++) {
    const i = order[k]!;
    const weight = weights ? weights[i]! : 1;
    if (same[i]) positives += weight;
    else negatives += weight;
    if (k + 1 < n && scores[order[k + 1]!] === scores[i]) continue;
    thresholds[count] = scores[i]!;
    hits[count] = positives;
    alarms[count++] = negatives;
  }
  return {
    thresholds: thresholds.subarray(0, count),
    hits: hits.subarray(0, count),
    alarms: alarms.subarray(0, count),
    positives,
    negatives,
  };
}

/** Positions of scores, the highest first. */
export function fallingOrder(scores: Float32Array): Int32Array {
  const n = scores.length;
  const bits = new Uint32Array(scores.buffer, scores.byteOffset, n);
  // 32 bits of the score, made to rise with its fall, above 21 bits of the position: exact in a double up to two million pairs.
  if (n <= 1 << 21) {
    const keys = new Float64Array(n);
    for (let i = 0; i < n; i++) keys[i] = fallingKey(bits[i]!) * 2097152 + i;
    keys.sort();
    return Int32Array.from(keys, (key) => key % 2097152);
  }
  const order = Int32Array.from({ length: n }, (_, i) => i);
  return order.sort((a, b) => scores[b]! - scores[a]! || a - b);
}

/** A whole number of 32 bits that is the smaller the larger the float of these bits; −0 counts as 0. */
function fallingKey(given: number): number {
  const bits = given === 0x80000000 ? 0 : given;
  return bits >>> 31 ? bits : 0x7fffffff - bits;
}

/** Area under the curve, as scikit-learn's roc_auc_score; undefined without pairs of both kinds. */
export function auc({ hits, alarms, positives, negatives }: Roc): number | undefined {
  if (positives === 0 || negatives === 0) return undefined;
  let [area, lastHits, lastAlarms] = [0, 0, 0];
  for (let k = 0; k < hits.length; k++) {
    area += ((alarms[k]! - lastAlarms) * (hits[k]! + lastHits)) / 2;
    lastHits = hits[k]!;
    lastAlarms = alarms[k]!;
  }
  return area / (positives * negatives);
}

/** Equal error rate: where the straight lines between the curve's points have as many false alarms as misses. */
export function equalErrorRate({ hits, alarms, positives, negatives }: Roc): number | undefined {
  if (positives === 0 || negatives === 0) return undefined;
  let [x, miss] = [0, 1];
  for (let k = 0; k < hits.length; k++) {
    const nextX = alarms[k]! / negatives;
    const nextMiss = 1 - hits[k]! / positives;
    if (nextX >= nextMiss) {
      const gap = miss - x;
      const share = gap / (gap + nextX - nextMiss);
      return x + share * (nextX - x);
    }
    x = nextX;
    miss = nextMiss;
  }
  return x;
}

/**
 * True accept rate at a false accept rate: the largest share of pairs of one identity that any threshold accepts with no more of the
 * others. Undefined if there are fewer than 1/far pairs of different identities, of which one alone would be more. `pairs` is their
 * number if the curve is that of a bootstrap sample, which chance makes smaller or larger.
 */
export function tarAtFar(
  { hits, alarms, positives, negatives }: Roc,
  far: number,
  pairs = negatives,
): number | undefined {
  if (positives === 0 || pairs * far < 1 - 1e-9) return undefined;
  const most = far * negatives + 1e-9;
  let best = 0;
  for (let k = 0; k < hits.length && alarms[k]! <= most; k++) best = hits[k]! / positives;
  return best;
}

/**
 * The threshold with the highest accuracy, midway to the next lower score so that scores between the two do not hang on rounding; the
 * highest of equals. Pairs count as the same identity from the threshold on.
 */
export function bestThreshold({ thresholds, hits, alarms, negatives }: Roc): number {
  let best = negatives;
  let at = -1;
  for (let k = 0; k < hits.length; k++) {
    const right = hits[k]! + negatives - alarms[k]!;
    if (right > best + 1e-9) {
      best = right;
      at = k;
    }
  }
  if (at < 0) return thresholds.length > 0 ? thresholds[0]! + 1e-6 : 0;
  const next = thresholds[at + 1];
  return next === undefined ? thresholds[at]! : (thresholds[at]! + next) / 2;
}
