import type { ConvolutionShape } from './convolutions.ts';
import type { Emitter, Tensor } from './emitter.ts';
import { fill } from './ops/shapes.ts';
import { dense } from './primitives.ts';

/** The pixels that a window sees at each place, side by side: [pixels of y, kernel² · in]. Made once of an image. */
export function patchesOf(e: Emitter, shape: ConvolutionShape, x: Tensor): Tensor {
  const { kernel, stride, padding } = windowOf(shape);
  return e.derived(x, `patches ${kernel} ${stride} ${padding} ${shape.y}`, () => {
    const { rows, width } = sizes(shape);
    const seen = e.fresh([rows, width], x.dtype);
    const picture = padded(e, x, shape);
    for (const { image, columns } of windows(e, shape, picture, seen)) e.copy(image, columns);
    return seen;
  });
}

/** The sum, over all windows, of what patches [pixels of y, kernel² · in] hold for each pixel: x of `shape`, written to `dx`. */
export function addPatches(e: Emitter, shape: ConvolutionShape, patches: Tensor, dx: Tensor): void {
  const { high, wide } = paddedSides(shape);
  const [batch, height, width, channels] = shape.x as [number, number, number, number];
  const { padding } = windowOf(shape);
  const whole = e.fresh([batch, high, wide, channels], patches.dtype);
  fill(e, whole, 0);
  for (const { image, columns } of windows(e, shape, whole, patches))
    e.copy(columns, image, [{ kind: 'sum' }]);
  const [n, h, w, c] = dense(whole.shape) as [number, number, number, number];
  e.copy(e.view(whole, [batch, height, width, channels], [n, h, w, c], padding * (h + w)), dx);
}

export function sizes({ filter, y }: ConvolutionShape): { rows: number; width: number; output: number } {
  const [kernel, , input, output] = filter as [number, number, number, number];
  return { rows: y[0]! * y[1]! * y[2]!, width: kernel * kernel * input, output };
}

const windowOf = ({ filter, stride, padding }: ConvolutionShape) => ({ kernel: filter[0]!, stride, padding });

/** For each pixel of the window, what it sees of a padded image, and its columns among the patches. */
function* windows(e: Emitter, shape: ConvolutionShape, picture: Tensor, patches: Tensor) {
  const { kernel, stride } = windowOf(shape);
  const [, , input] = shape.filter as [number, number, number];
  const [batch, high, wide] = shape.y as [number, number, number];
  const { width } = sizes(shape);
  const [n, h, w, c] = dense(picture.shape) as [number, number, number, number];
  for (let i = 0; i < kernel; i++) {
    for (let j = 0; j < kernel; j++) {
      const part = [batch, high, wide, input];
      yield {
        image: e.view(picture, part, [n, h * stride, w * stride, c], i * h + j * w),
        columns: e.view(
          patches,
          part,
          [high * wide * width, wide * width, width, 1],
          (i * kernel + j) * input,
        ),
      };
    }
  }
}

/** Pixels on the sides of an image with zeros around it, as far as a window reaches. */
function paddedSides({ x, y, filter, stride, padding }: ConvolutionShape): { high: number; wide: number } {
  const side = (axis: 1 | 2) => Math.max(x[axis]! + padding, (y[axis]! - 1) * stride + filter[axis - 1]!);
  return { high: side(1), wide: side(2) };
}

function padded(e: Emitter, x: Tensor, shape: ConvolutionShape): Tensor {
  const [batch, height, width, channels] = shape.x as [number, number, number, number];
  const { high, wide } = paddedSides(shape);
  const { padding } = shape;
  if (padding === 0 && high === height && wide === width) return x;
  const to = e.fresh([batch, high, wide, channels], x.dtype);
  fill(e, to, 0);
  const [n, h, w, c] = dense(to.shape) as [number, number, number, number];
  e.copy(x, e.view(to, shape.x, [n, h, w, c], padding * (h + w)));
  return to;
}
