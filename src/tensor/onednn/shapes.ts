import { FacecomError } from '../../base/errors.ts';
import { describe, sourceLine } from '../graph/builder.ts';
import type { Node } from '../graph/ir.ts';
import type { ShapeInference } from '../graph/trace-binding.ts';
import { ruleOf } from './ops/index.ts';

/** Shapes as the rules of the engine's ops say. Throws FacecomError `unsupported-op` if there is no such rule. */
export class OneDnnShapes implements ShapeInference {
  add(node: Node): void {
    const rule = ruleOf(node.op);
    if (!rule) throw unsupported(node);
    try {
      node.outputs = rule.infer(node).map(({ shape, dtype }, index) => ({ node, index, shape, dtype }));
    } catch (error) {
      throw new FacecomError('onednn', `The engine oneDNN refused ${describe(node)}.`, {
        found: error instanceof Error ? error.message : String(error),
        cause: error,
      });
    }
  }

  takes(kernel: string): boolean {
    return ruleOf(kernel) !== undefined;
  }

  dispose(): void {}
}

function unsupported(node: Node): FacecomError {
  const at = sourceLine(node);
  return new FacecomError(
    'unsupported-op',
    `The engine oneDNN has no op ${node.op}${at ? ` (called at ${at})` : ''}.`,
    {
      found: describe(node),
      expected: 'an op of src/tensor/onednn/ops',
      remedy: 'Set resources.backend to tensorflow.',
    },
  );
}
