import { attribute } from '../../graph/ir.ts';
import { elementwise } from './elementwise.ts';
import { broadcast, type Inferred, input, type OpRule, output } from './rule.ts';

/** indices, depth, the value where it is, the value elsewhere; the new axis is the last */
export const oneHot: OpRule = {
  infer: (node): Inferred[] => {
    const depth = Number(input(node, 1).node.constant!.values[0]);
    const axis = attribute<number>(node, 'axis') ?? -1;
    const { shape } = input(node, 0);
    if (axis !== -1 && axis !== shape.length) throw new Error(`A one-hot axis ${axis} is not the last.`);
    return [{ shape: [...shape, depth], dtype: input(node, 2).dtype }];
  },
  emit: (node, e) => {
    const y = e.output(output(node));
    const depth = y.shape.at(-1)!;
    const inputs = [0, 2, 3].map((index) => e.tensor(input(node, index)));
    e.host('OneHot', inputs, [y], ([indices, on, off, to]) => {
      to!.fill(off![0]!);
      for (let i = 0; i < indices!.length; i++) {
        const index = indices![i]!;
        if (index >= 0 && index < depth) to![i * depth + index] = on![0]!;
      }
    });
  },
};

/** condition, the value where it holds, the value elsewhere */
export const select: OpRule = {
  infer: (node) => {
    const [condition, a, b] = [input(node, 0), input(node, 1), input(node, 2)];
    return [{ shape: broadcast(broadcast(condition.shape, a.shape), b.shape), dtype: a.dtype }];
  },
  emit: (node, e) => {
    const inputs = [0, 1, 2].map((index) => e.tensor(input(node, index)));
    elementwise(e, node.op, inputs, e.output(output(node)), (condition, a, b) => (condition ? a! : b!));
  },
};

/** values, indices, axis */
export const gather: OpRule = {
  infer: (node) => {
    const [values, indices] = [input(node, 0), input(node, 1)];
    const axis = Number(input(node, 2).node.constant!.values[0]);
    return [
      {
        shape: [...values.shape.slice(0, axis), ...indices.shape, ...values.shape.slice(axis + 1)],
        dtype: values.dtype,
      },
    ];
  },
  emit: (node, e) => {
    const [values, indices] = [e.tensor(input(node, 0)), e.tensor(input(node, 1))];
    const axis = Number(input(node, 2).node.constant!.values[0]);
    const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
    const inner = size(values.shape.slice(axis + 1));
    const outer = size(values.shape.slice(0, axis));
    const count = values.shape[axis]!;
    const y = e.output(output(node));
    e.host('GatherV2', [values, indices], [y], ([from, at, to]) => {
      for (let o = 0; o < outer; o++) {
        for (let i = 0; i < at!.length; i++) {
          const index = Math.min(count - 1, Math.max(0, at![i]!));
          const start = (o * count + index) * inner;
          to!.set(from!.subarray(start, start + inner), (o * at!.length + i) * inner);
        }
      }
    });
  },
};
