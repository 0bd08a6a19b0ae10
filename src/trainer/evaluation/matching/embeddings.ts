/** Features of images, row by row, each of length 1, so that a product is a cosine. */
export interface Embeddings {
  values: Float32Array;
  width: number;
}

/** Makes each row one of length 1; a row of zeros stays. */
export function normalised(values: Float32Array, width: number): Embeddings {
  const unit = new Float32Array(values.length);
  for (let row = 0; row < values.length; row += width) {
    let sum = 0;
    for (let k = row; k < row + width; k++) sum += values[k]! * values[k]!;
    const factor = sum > 0 ? 1 / Math.sqrt(sum) : 0;
    for (let k = row; k < row + width; k++) unit[k] = values[k]! * factor;
  }
  return { values: unit, width };
}

/**
 * Embeddings of several models side by side: each part of equal length, so that the cosine of two is the mean of the models' cosines.
 * Models do not share the axes of their features, whose plain mean would say nothing.
 */
export function concatenated(parts: readonly Embeddings[]): Embeddings {
  if (parts.length === 1) return parts[0]!;
  const width = parts.reduce((sum, part) => sum + part.width, 0);
  const count = parts[0]!.values.length / parts[0]!.width;
  const values = new Float32Array(count * width);
  const factor = 1 / Math.sqrt(parts.length);
  let at = 0;
  for (const part of parts) {
    for (let i = 0; i < count; i++)
      for (let k = 0; k < part.width; k++)
        values[i * width + at + k] = part.values[i * part.width + k]! * factor;
    at += part.width;
  }
  return { values, width };
}

/** Cosine of each pair of rows; the left ones are those of `reference`. */
export function pairScores(
  { values, width }: Embeddings,
  left: ArrayLike<number>,
  right: ArrayLike<number>,
  reference: Embeddings,
): Float32Array {
  const scores = new Float32Array(left.length);
  for (let i = 0; i < scores.length; i++)
    scores[i] = dot(reference.values, left[i]! * width, values, right[i]! * width, width);
  return scores;
}

/** Four sums at once: the additions of one alone would wait for one another. */
export function dot(one: Float32Array, a: number, other: Float32Array, b: number, width: number): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  const whole = width & ~3;
  for (let k = 0; k < whole; k += 4) {
    s0 += one[a + k]! * other[b + k]!;
    s1 += one[a + k + 1]! * other[b + k + 1]!;
    s2 += one[a + k + 2]! * other[b + k + 2]!;
    s3 += one[a + k + 3]! * other[b + k + 3]!;
  }
  for (let k = whole; k < width; k++) s0 += one[a + k]! * other[b + k]!;
  return s0 + s1 + (s2 + s3);
}
