import { attribute, type Node, size, type Value } from '../../graph/ir.ts';
import { DataType } from '../../native/library.ts';
import { bytesOf, type Emitter, isFloat, type Tensor } from '../emitter.ts';
import { dense } from '../primitives.ts';
import { constantOf, type Inferred, input, like, type OpRule, output } from './rule.ts';

/** One input under another shape: no instruction. */
const view = (infer: (node: Node) => Inferred[]): OpRule => ({
  infer,
  low: { kind: 'follow' },
  view: true,
  emit: (node, e) => {
    const from = input(node, 0);
    const target = output(node);
    // What lies behind a value that is put off stays so.
    if (!e.has(from)) e.defer(target, () => e.view(e.tensor(from), target.shape));
    else e.define(target, e.view(e.tensor(from), target.shape));
  },
});

export const identity: OpRule = view(like());

export const reshape: OpRule = view((node) => {
  const { shape, dtype } = input(node, 0);
  const wanted = constantOf(input(node, 1));
  const known = wanted.filter((n) => n >= 0).reduce((a, b) => a * b, 1);
  const found = wanted.map((n) => (n < 0 ? size(shape) / known : n));
  if (size(found) !== size(shape)) throw new Error(`[${shape}] cannot be reshaped to [${wanted}].`);
  return [{ shape: found, dtype }];
});

export const expandDims: OpRule = view((node) => {
  const { shape, dtype } = input(node, 0);
  const [axis] = constantOf(input(node, 1)) as [number];
  const at = axis < 0 ? axis + shape.length + 1 : axis;
  return [{ shape: [...shape.slice(0, at), 1, ...shape.slice(at)], dtype }];
});

export const squeeze: OpRule = view((node) => {
  const { shape, dtype } = input(node, 0);
  const dims = Array.from(attribute<ArrayLike<number>>(node, 'squeeze_dims') ?? []);
  const gone = new Set(dims.map((axis) => (axis < 0 ? axis + shape.length : axis)));
  const kept = shape.filter((n, axis) => (dims.length > 0 ? !gone.has(axis) : n !== 1));
  return [{ shape: kept, dtype }];
});

/** Between types of numbers. Between float types it is put off: whoever can reads the other type. */
export const cast: OpRule = {
  infer: (node) => [{ shape: [...input(node, 0).shape], dtype: attribute<number>(node, 'DstT')! }],
  low: { kind: 'any' },
  view: true,
  emit: (node, e) => {
    const [from, target] = [input(node, 0), output(node)];
    if (from.dtype === target.dtype) {
      e.defer(target, () => e.tensor(from));
      return;
    }
    if (isFloat(from) && isFloat(target)) {
      e.defer(target, () => {
        const to = e.fresh(target.shape, target.dtype);
        copyFlat(e, e.tensor(from), to);
        return to;
      });
      return;
    }
    const x = e.tensor(from);
    const y = e.output(target);
    if (from.dtype === DataType.UINT8 && target.dtype === DataType.FLOAT) {
      copyFlat(e, x, y);
      return;
    }
    const truth = target.dtype === DataType.BOOL;
    const whole = target.dtype === DataType.INT32;
    e.host('Cast', [x], [y], ([source, to]) => {
      for (let i = 0; i < to!.length; i++) {
        const value = source![i]!;
        to![i] = truth ? (value !== 0 ? 1 : 0) : whole ? Math.trunc(value) : value;
      }
    });
  },
};

function copyFlat(e: Emitter, from: Tensor, to: Tensor): void {
  const count = [size(from.shape)];
  e.copy(e.view(from, count), e.view(to, count));
}

/** Moves values between strided views: by oneDNN for numbers that it knows, axes of one pixel left out. */
export function move(e: Emitter, from: Tensor, to: Tensor): void {
  e.copy(from, to);
}

/** A box of a dense tensor. */
function box(e: Emitter, tensor: Tensor, begin: readonly number[], sizes: readonly number[]): Tensor {
  const strides = dense(tensor.shape);
  const offset = begin.reduce((sum, at, axis) => sum + at * strides[axis]!, 0);
  return e.view(tensor, sizes, strides, offset);
}

export const transpose: OpRule = {
  low: { kind: 'follow' },
  infer: (node) => {
    const { shape, dtype } = input(node, 0);
    return [{ shape: constantOf(input(node, 1)).map((axis) => shape[axis]!), dtype }];
  },
  emit: (node, e) => {
    const x = e.tensor(input(node, 0));
    const order = constantOf(input(node, 1));
    const strides = dense(x.shape);
    const y = e.output(output(node));
    move(
      e,
      e.view(
        x,
        y.shape,
        order.map((axis) => strides[axis]!),
      ),
      y,
    );
  },
};

export const slice: OpRule = {
  low: { kind: 'follow' },
  infer: (node) => {
    const { shape, dtype } = input(node, 0);
    const begin = constantOf(input(node, 1));
    const sizes = constantOf(input(node, 2));
    return [{ shape: sizes.map((n, axis) => (n < 0 ? shape[axis]! - begin[axis]! : n)), dtype }];
  },
  emit: (node, e) => {
    const y = e.output(output(node));
    move(e, box(e, e.tensor(input(node, 0)), constantOf(input(node, 1)), y.shape), y);
  },
};

/** Where each part of a SplitV begins, and the axis. */
function split(node: Node): { axis: number; sizes: number[] } {
  const { shape } = input(node, 0);
  const [axis] = constantOf(input(node, 2)) as [number];
  return { axis: (axis + shape.length) % shape.length, sizes: constantOf(input(node, 1)) };
}

export const splitV: OpRule = {
  low: { kind: 'follow' },
  infer: (node) => {
    const { shape, dtype } = input(node, 0);
    const { axis, sizes } = split(node);
    return sizes.map((count) => ({ shape: shape.map((n, i) => (i === axis ? count : n)), dtype }));
  },
  emit: (node, e) => {
    const x = e.tensor(input(node, 0));
    const { axis, sizes } = split(node);
    let start = 0;
    for (const [index, count] of sizes.entries()) {
      const target = output(node, index);
      const begin = x.shape.map((_, i) => (i === axis ? start : 0));
      if (e.users(target).length > 0 || e.isFetched(target))
        move(e, box(e, x, begin, target.shape), e.output(target));
      start += count;
    }
  },
};

/** Of a StridedSlice without shrunken, new or open axes beyond its masks. */
function ranges(node: Node): { begin: number[]; step: number[]; shape: number[]; kept: number[] } {
  const { shape } = input(node, 0);
  const [begin, end, step] = [1, 2, 3].map((i) => constantOf(input(node, i))) as [
    number[],
    number[],
    number[],
  ];
  const mask = (name: string, axis: number) => ((attribute<number>(node, name) ?? 0) >> axis) & 1;
  const found = shape.map((n, axis) => {
    const stride = step[axis] ?? 1;
    const clamp = (at: number) => Math.min(n, Math.max(0, at < 0 ? at + n : at));
    const from = axis >= begin.length || mask('begin_mask', axis) ? 0 : clamp(begin[axis]!);
    const to = axis >= end.length || mask('end_mask', axis) ? n : clamp(end[axis]!);
    const single = axis < begin.length && mask('shrink_axis_mask', axis);
    return { from, stride, count: single ? 1 : Math.max(0, Math.ceil((to - from) / stride)), single };
  });
  return {
    begin: found.map(({ from }) => from),
    step: found.map(({ stride }) => stride),
    shape: found.map(({ count }) => count),
    kept: found.filter(({ single }) => !single).map(({ count }) => count),
  };
}

export const stridedSlice: OpRule = {
  low: { kind: 'follow' },
  infer: (node) => [{ shape: ranges(node).kept, dtype: input(node, 0).dtype }],
  emit: (node, e) => {
    const x = e.tensor(input(node, 0));
    const { begin, step, shape } = ranges(node);
    const strides = dense(x.shape);
    const offset = begin.reduce((sum, at, axis) => sum + at * strides[axis]!, 0);
    const y = e.output(output(node));
    const from = e.view(
      x,
      shape,
      strides.map((stride, axis) => stride * step[axis]!),
      offset,
    );
    move(e, from, e.view(y, shape));
  },
};

const concat = (values: (node: Node) => Value[], axis: (node: Node) => number): OpRule => ({
  low: { kind: 'follow' },
  infer: (node) => {
    const all = values(node);
    const shape = [...all[0]!.shape];
    const at = (axis(node) + shape.length) % shape.length;
    shape[at] = all.reduce((sum, value) => sum + value.shape[at]!, 0);
    return [{ shape, dtype: all[0]!.dtype }];
  },
  emit: (node, e) => {
    const y = e.output(output(node));
    const at = (axis(node) + y.shape.length) % y.shape.length;
    let start = 0;
    for (const value of values(node)) {
      const begin = y.shape.map((_, i) => (i === at ? start : 0));
      if (size(value.shape) > 0) move(e, e.tensor(value), box(e, y, begin, value.shape));
      start += value.shape[at]!;
    }
  },
});

export const concatV2 = concat(
  (node) => node.inputs[0] as Value[],
  (node) => constantOf(input(node, 1))[0]!,
);

/** Stacks values along a new axis. */
export const pack: OpRule = {
  low: { kind: 'follow' },
  infer: (node) => {
    const values = node.inputs[0] as Value[];
    const { shape, dtype } = values[0]!;
    const axis = packAxis(node);
    return [{ shape: [...shape.slice(0, axis), values.length, ...shape.slice(axis)], dtype }];
  },
  emit: (node, e) => {
    const y = e.output(output(node));
    const axis = packAxis(node);
    for (const [index, value] of (node.inputs[0] as Value[]).entries()) {
      const sizes = y.shape.map((n, i) => (i === axis ? 1 : n));
      const begin = y.shape.map((_, i) => (i === axis ? index : 0));
      move(e, e.view(e.tensor(value), sizes), box(e, y, begin, sizes));
    }
  },
};

function packAxis(node: Node): number {
  const axis = attribute<number>(node, 'axis') ?? 0;
  return axis < 0 ? axis + (node.inputs[0] as Value[])[0]!.shape.length + 1 : axis;
}

/** A value around x. */
const padRule = (value: (node: Node) => number): OpRule => ({
  low: { kind: 'follow', watch: [0], keep: 2 },
  infer: (node) => {
    const { shape, dtype } = input(node, 0);
    const amounts = constantOf(input(node, 1));
    return [{ shape: shape.map((n, axis) => n + amounts[2 * axis]! + amounts[2 * axis + 1]!), dtype }];
  },
  emit: (node, e) => {
    const y = e.output(output(node));
    const x = e.tensor(input(node, 0));
    const amounts = constantOf(input(node, 1));
    fill(e, y, value(node));
    const begin = x.shape.map((_, axis) => amounts[2 * axis]!);
    move(e, x, box(e, y, begin, x.shape));
  },
});

export const pad = padRule(() => 0);
export const padV2 = padRule((node) => constantOf(input(node, 2))[0]!);

/** Sets every value. */
export function fill(e: Emitter, y: Tensor, value: number): void {
  if (y.dtype === DataType.BFLOAT16 && value !== 0) throw new Error('A fill of bfloat16 other than zero.');
  const zero = value === 0;
  const bytes = size(y.shape) * bytesOf(y.dtype);
  const target = zero ? { ...y, dtype: DataType.UINT8, shape: [bytes] } : y;
  e.host('fill', [], [target], ([array]) => {
    array!.fill(value);
  });
}

export const fillRule: OpRule = {
  infer: (node) => [{ shape: constantOf(input(node, 0)), dtype: input(node, 1).dtype }],
  emit: (node, e) => {
    const y = e.output(output(node));
    e.host('Fill', [e.tensor(input(node, 1))], [y], ([value, to]) => {
      to!.fill(value![0]!);
    });
  },
};

export const zerosLike: OpRule = {
  infer: like(),
  emit: (node, e) => fill(e, e.output(output(node)), 0),
};

export const onesLike: OpRule = {
  infer: like(),
  emit: (node, e) => fill(e, e.output(output(node)), 1),
};

export const tile: OpRule = {
  infer: (node) => {
    const { shape, dtype } = input(node, 0);
    const times = constantOf(input(node, 1));
    return [{ shape: shape.map((n, axis) => n * times[axis]!), dtype }];
  },
  emit: (node, e) => {
    const x = e.tensor(input(node, 0));
    const y = e.output(output(node));
    const strides = dense(x.shape);
    e.host('Tile', [x], [y], ([from, to]) => {
      for (let i = 0; i < to!.length; i++) {
        let rest = i;
        let at = 0;
        for (let axis = y.shape.length - 1; axis >= 0; axis--) {
          const n = y.shape[axis]!;
          at += ((rest % n) % x.shape[axis]!) * strides[axis]!;
          rest = Math.floor(rest / n);
        }
        to![i] = from![at]!;
      }
    });
  },
};
