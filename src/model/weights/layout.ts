import type { TorchLayout } from '../parameters.ts';

/** Values in the order of `axes` of an array of `shape`. */
function permuted(data: ArrayLike<number>, shape: readonly number[], axes: readonly number[]): Float32Array {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const sizes = axes.map((axis) => shape[axis]!);
  const steps = axes.map((axis) => strides[axis]!);
  const result = new Float32Array(data.length);
  const place = new Array<number>(axes.length).fill(0);
  let at = 0;
  for (let i = 0; i < result.length; i++) {
    result[i] = data[at]!;
    for (let axis = axes.length - 1; axis >= 0; axis--) {
      at += steps[axis]!;
      if (++place[axis]! < sizes[axis]!) break;
      at -= steps[axis]! * sizes[axis]!;
      place[axis] = 0;
    }
  }
  return result;
}

const inOrder = (axes: readonly number[]) => axes.every((axis, i) => axis === i);

/** Values of a parameter of `shape`, as torch lays them out. */
export function toTorch(data: Float32Array, shape: readonly number[], { axes }: TorchLayout): Float32Array {
  return inOrder(axes) ? data : permuted(data, shape, axes);
}

/** Values that torch laid out, as a parameter of `shape` takes them. */
export function fromTorch(data: Float32Array, shape: readonly number[], { axes }: TorchLayout): Float32Array {
  if (inOrder(axes)) return data;
  const theirs = axes.map((axis) => shape[axis]!);
  const back = shape.map((_, axis) => axes.indexOf(axis));
  return permuted(data, theirs, back);
}
