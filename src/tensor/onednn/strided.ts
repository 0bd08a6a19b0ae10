import { dense } from './primitives.ts';

/** A box of every stride-th pixel of an image: its shape, and where it lies in the image and among those pixels, in values. */
export interface StridedPart {
  part: number[];
  steps: number[];
  /** In the image. */
  offset: number;
  /** Among the pixels that are taken. */
  start: number;
}

/**
 * Every stride-th pixel of images x, in boxes that oneDNN can describe: it takes no strides by which a row after the last would
 * overlap the next image, so the last row may be apart.
 */
export function strided({
  x,
  y,
  stride,
}: {
  x: readonly number[];
  y: readonly number[];
  stride: number;
}): StridedPart[] {
  const [batch, height, width] = y as [number, number, number];
  const channels = x[3]!;
  const from = dense(x);
  const steps = [from[0]!, from[1]! * stride, from[2]! * stride, from[3]!];
  const rows = height * stride > x[1]! ? [height - 1, 1] : [height];
  let row = 0;
  return rows.flatMap((count) => {
    const found = {
      part: [batch, count, width, channels],
      steps,
      offset: row * steps[1]!,
      start: row * width * channels,
    };
    row += count;
    return count > 0 ? [found] : [];
  });
}
