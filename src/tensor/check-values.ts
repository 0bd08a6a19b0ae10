import { FacecomError } from '../base/errors.ts';
import type { Variable } from './runtime.ts';

/** Throws FacecomError `variable-shape` unless there is one value for each element of a variable. */
export function checkValues({ name, shape }: Variable, values: ArrayLike<number>): void {
  const expected = shape.reduce((a, b) => a * b, 1);
  if (values.length === expected) return;
  throw new FacecomError('variable-shape', `The variable ${name} cannot take these values.`, {
    found: `${values.length} values`,
    expected: `${expected} values, of shape [${shape}]`,
    remedy:
      'The checkpoint belongs to another model: check model.backbone, the heads and the number of identities.',
  });
}
