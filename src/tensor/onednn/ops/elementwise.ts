import { size } from '../../graph/ir.ts';
import { DataType } from '../../native/library.ts';
import type { Emitter, HostArray, Tensor } from '../emitter.ts';

/** Values from which on oneDNN's threads are worth a call. */
export const LARGE = 4096;

/** Whether oneDNN is to compute it: JavaScript has no bfloat16. */
export const isWorthwhile = ({ shape, dtype }: { shape: readonly number[]; dtype: number }): boolean =>
  size(shape) >= LARGE || dtype === DataType.BFLOAT16;

/** Computes value by value in JavaScript, inputs broadcast to the output. */
export function elementwise(
  e: Emitter,
  label: string,
  given: readonly Tensor[],
  target: Tensor,
  compute: (...values: number[]) => number,
): void {
  if (target.dtype === DataType.BFLOAT16) {
    const wide = e.fresh(target.shape, DataType.FLOAT);
    elementwise(e, label, given, wide, compute);
    const count = [size(target.shape)];
    e.copy(e.view(wide, count), e.view(target, count));
    return;
  }
  const inputs = given.map((tensor) => e.float32(tensor));
  const strides = inputs.map(({ shape }) => broadcastStrides(shape, target.shape));
  const count = size(target.shape);
  const plain = inputs.map(({ shape }) => size(shape) === count);
  e.host(label, inputs, [target], (arrays) => {
    const to = arrays[inputs.length]!;
    const index = plain.every(Boolean) ? undefined : indexer(target.shape, strides);
    if (inputs.length === 1) {
      const from = arrays[0]!;
      for (let i = 0; i < count; i++) to[i] = compute(from[index ? index(0, i) : i]!);
      return;
    }
    if (inputs.length === 2) {
      const [x, y] = arrays as [HostArray, HostArray];
      for (let i = 0; i < count; i++)
        to[i] = compute(x[plain[0] || !index ? i : index(0, i)]!, y[plain[1] || !index ? i : index(1, i)]!);
      return;
    }
    for (let i = 0; i < count; i++)
      to[i] = compute(...inputs.map((_, k) => arrays[k]![plain[k] || !index ? i : index(k, i)]!));
  });
}

/** Where in each input the value of an output's position lies. */
function indexer(shape: readonly number[], strides: ReadonlyArray<readonly number[]>) {
  return (which: number, position: number): number => {
    let rest = position;
    let found = 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const n = shape[axis]!;
      found += (rest % n) * strides[which]![axis]!;
      rest = Math.floor(rest / n);
    }
    return found;
  };
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
