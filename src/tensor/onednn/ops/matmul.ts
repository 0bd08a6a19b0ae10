import { attribute, type Node } from '../../graph/ir.ts';
import { DataType } from '../../native/library.ts';
import type { Emitter, Tensor } from '../emitter.ts';
import { Argument } from '../library.ts';
import { dense, type PostOp } from '../primitives.ts';
import { broadcast, type Inferred, input, type OpRule, output } from './rule.ts';

/** Writes c = a · b, of matrices or stacks of them; a, b and c may have any strides. */
export function product(e: Emitter, a: Tensor, b: Tensor, c: Tensor, postOps: readonly PostOp[] = []): void {
  const { primitives } = e;
  const primitive = primitives.make(
    `matmul ${a.layout.key} ${b.layout.key} ${c.layout.key}`,
    (api, out, attributes) =>
      api.matmul(
        out,
        primitives.library.engine,
        a.layout.pointer,
        b.layout.pointer,
        null,
        c.layout.pointer,
        attributes,
      ),
    postOps,
  );
  e.run(
    'matmul',
    primitive,
    [
      [Argument.src, a],
      [Argument.weights, b],
    ],
    [[Argument.dst, c]],
  );
}

/** A dense stack of matrices, transposed by its strides where asked for. */
function matrices(e: Emitter, tensor: Tensor, shape: readonly number[], transpose: boolean): Tensor {
  const strides = dense(shape);
  if (!transpose) return e.view(tensor, shape, strides);
  const swap = (list: readonly number[]) => [...list.slice(0, -2), list.at(-1)!, list.at(-2)!];
  return e.view(tensor, swap(shape), swap(strides));
}

function rule(left: string, right: string): OpRule {
  const transposes = (node: Node) => [
    attribute<boolean>(node, left) ?? false,
    attribute<boolean>(node, right) ?? false,
  ];
  return {
    low: { kind: 'product' },
    infer: (node): Inferred[] => {
      const [a, b] = [input(node, 0), input(node, 1)];
      const [transposeA, transposeB] = transposes(node);
      const rows = a.shape.at(transposeA ? -1 : -2)!;
      const inner = a.shape.at(transposeA ? -2 : -1)!;
      const columns = b.shape.at(transposeB ? -2 : -1)!;
      if (inner !== b.shape.at(transposeB ? -1 : -2))
        throw new Error(`The product of [${a.shape}] and [${b.shape}].`);
      const batch = broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2));
      return [{ shape: [...batch, rows, columns], dtype: a.dtype }];
    },
    emit: (node, e) => {
      const [a, b] = [input(node, 0), input(node, 1)];
      const [transposeA, transposeB] = transposes(node) as [boolean, boolean];
      const target = output(node);
      // A result that is only wanted in float32 is written so.
      const cast = e.soleUser(target, 'Cast');
      const wide = cast && output(cast).dtype === DataType.FLOAT ? output(cast) : target;
      if (wide !== target) e.finish(cast!);
      const c = e.output(wide);
      const rank = target.shape.length;
      const stack = (shape: readonly number[]) => [
        ...new Array<number>(rank - shape.length).fill(1),
        ...shape,
      ];
      const x = matrices(e, e.tensor(a), stack(a.shape), transposeA);
      const y = matrices(e, e.tensor(b), stack(b.shape), transposeB);
      product(e, x, y, e.view(c, target.shape));
    },
  };
}

export const matMul = rule('transpose_a', 'transpose_b');
export const batchMatMul = rule('adj_x', 'adj_y');
