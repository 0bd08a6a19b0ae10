import { size } from '../../graph/ir.ts';
import { DataType } from '../../native/library.ts';
import type { Emitter, HostArray, Tensor } from '../emitter.ts';

/** Values from which on oneDNN's threads are worth a call. */
export const LARGE = 4096;

/** Whether oneDNN is to compute it: JavaScript has no bfloat16. */
export const isWorthwhile = ({ shape, dtype }: { shape: readonly number[]; dtype: number }): boolean =>
  size(shape) >= LARGE || dtype === DataType.BFLOAT16;

/** Computes all values at once; a step is 1, or 0 where one number stands for all. */
export type Loop = (x: HostArray, y: HostArray, to: HostArray, stepX: number, stepY: number) => void;

/** Computes value by value in JavaScript, inputs broadcast to the output; by the loop where there is one and it can. */
export function elementwise(
  e: Emitter,
  label: string,
  given: readonly Tensor[],
  target: Tensor,
  compute: (...values: number[]) => number,
  loop?: Loop,
): void {
  if (target.dtype === DataType.BFLOAT16) {
    const wide = e.fresh(target.shape, DataType.FLOAT);
    elementwise(e, label, given, wide, compute, loop);
    const count = [size(target.shape)];
    e.copy(e.view(wide, count), e.view(target, count));
    return;
  }
  const inputs = given.map((tensor) => e.float32(tensor));
  const count = size(target.shape);
  const [stepX, stepY] = inputs.map(({ shape }) =>
    size(shape) === count ? 1 : size(shape) === 1 ? 0 : undefined,
  );
  if (loop && stepX !== undefined && stepY !== undefined) {
    e.host(label, inputs, [target], ([x, y, to]) => loop(x!, y!, to!, stepX, stepY));
    return;
  }
  const places = inputs.map(({ shape }) => placesOf(shape, target.shape));
  e.host(label, inputs, [target], (arrays) => {
    const to = arrays[inputs.length]!;
    const [x, y] = arrays as [HostArray, HostArray];
    const [atX, atY] = places;
    if (inputs.length === 1) {
      if (atX) for (let i = 0; i < count; i++) to[i] = compute(x[atX[i]!]!);
      else for (let i = 0; i < count; i++) to[i] = compute(x[i]!);
    } else if (inputs.length === 2) {
      if (atX && atY) for (let i = 0; i < count; i++) to[i] = compute(x[atX[i]!]!, y[atY[i]!]!);
      else if (atX) for (let i = 0; i < count; i++) to[i] = compute(x[atX[i]!]!, y[i]!);
      else if (atY) for (let i = 0; i < count; i++) to[i] = compute(x[i]!, y[atY[i]!]!);
      else for (let i = 0; i < count; i++) to[i] = compute(x[i]!, y[i]!);
    } else {
      for (let i = 0; i < count; i++)
        to[i] = compute(...inputs.map((_, k) => arrays[k]![places[k] ? places[k]![i]! : i]!));
    }
  });
}

/** For each position of the output, where the input's value for it lies; undefined if that is the same place. */
function placesOf(shape: readonly number[], to: readonly number[]): Int32Array | undefined {
  const count = size(to);
  if (size(shape) === count) return undefined;
  const strides = broadcastStrides(shape, to);
  const places = new Int32Array(count);
  const index = new Array<number>(to.length).fill(0);
  let at = 0;
  for (let i = 0; i < count; i++) {
    places[i] = at;
    for (let axis = to.length - 1; axis >= 0; axis--) {
      at += strides[axis]!;
      if (++index[axis]! < to[axis]!) break;
      at -= strides[axis]! * to[axis]!;
      index[axis] = 0;
    }
  }
  return places;
}

export function broadcastStrides(shape: readonly number[], to: readonly number[]): number[] {
  const strides = new Array<number>(to.length).fill(0);
  let step = 1;
  for (let i = 1; i <= shape.length; i++) {
    const n = shape[shape.length - i]!;
    if (n !== 1) strides[to.length - i] = step;
    step *= n;
  }
  return strides;
}
