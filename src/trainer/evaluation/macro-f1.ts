/** Truth and answer of each image by class; images whose truth is below 0 count in no class. */
export interface Answered {
  truth: ArrayLike<number>;
  guess: ArrayLike<number>;
  /** Classes are 0 … classes − 1. */
  classes: number;
}

/**
 * The mean F1 of the classes that occur as truth or as answer, as scikit-learn's `f1_score(average='macro')`; NaN without an image.
 *
 * `draws` are those of a bootstrap over identities: how often each image was drawn, alike for all images of a class. An identity drawn
 * twice is then two classes with the same images, as clusters that are drawn again get numbers of their own (Stata's `idcluster`): each
 * has the hits and misses of its images, and the false alarms of the images drawn of others. A class that was not drawn is not in the
 * sample, and an answer that names it is merely wrong. Counting it as a class without an image, whose F1 is 0, would
 * make every sample worse than the images it was drawn from. Classes that have no image in the first place keep their F1 of 0.
 */
export function macroF1({ truth, guess, classes }: Answered, draws?: ArrayLike<number>): number {
  const hits = new Float64Array(classes);
  const images = new Float64Array(classes);
  const alarms = new Float64Array(classes);
  const drawn = new Float64Array(classes);
  const answered = new Uint8Array(classes);
  for (let i = 0; i < truth.length; i++) {
    const [actual, answer] = [truth[i]!, guess[i]!];
    if (actual < 0) continue;
    const count = draws ? draws[i]! : 1;
    images[actual]!++;
    drawn[actual] = count;
    answered[answer] = 1;
    if (actual === answer) hits[actual]!++;
    else alarms[answer]! += count;
  }
  let [sum, total] = [0, 0];
  for (let k = 0; k < classes; k++) {
    if (images[k] === 0) {
      total += answered[k]!;
      continue;
    }
    total += drawn[k]!;
    sum += (drawn[k]! * 2 * hits[k]!) / (images[k]! + hits[k]! + alarms[k]!);
  }
  return total === 0 ? Number.NaN : sum / total;
}
