import type { CompiledStep } from '../tensor/index.ts';
import type { LabelledBatch, TaskWeights } from './batch.ts';
import type { StepResult } from './learner.ts';

/** What the micro-batches of a step came to together. */
export function stepResult(
  parts: ReadonlyArray<Pick<LabelledBatch, 'gender' | 'identity' | 'size'>>,
  found: Awaited<ReturnType<CompiledStep['run']>>[],
  norm: number | undefined,
  weights: TaskWeights,
): StepResult {
  const sum = (name: string) => found.reduce((total, part) => total + part[name]!.values[0]!, 0);
  const mean = (name: string) => sum(name) / found.length;
  const result: StepResult = {
    loss: sum('loss'),
    genderLoss: sum('genderLoss'),
    identityLoss: sum('identityLoss'),
    right: countRight(parts, found),
    weights,
  };
  if (norm !== undefined) result.gradientNorm = norm;
  if (found[0]!.genderInEffect)
    result.weights = { gender: mean('genderInEffect'), identity: mean('identityInEffect') };
  if (found[0]!.genderNorm) result.norms = { gender: mean('genderNorm'), identity: mean('identityNorm') };
  return result;
}

/** Labelled images whose largest logit is their own class's. */
function countRight(
  parts: ReadonlyArray<Pick<LabelledBatch, 'gender' | 'identity' | 'size'>>,
  found: ReadonlyArray<Awaited<ReturnType<CompiledStep['run']>>>,
): { gender: number; identity: number } {
  const right = { gender: 0, identity: 0 };
  for (const [index, { gender, identity, size }] of parts.entries()) {
    const female = found[index]!.genderLogits!.values;
    const { values, shape } = found[index]!.identityLogits!;
    const classes = shape[1]!;
    for (let i = 0; i < size; i++) {
      if (gender[i]! >= 0 && female[i]! > 0 === gender[i]! > 0) right.gender++;
      if (identity[i]! < 0) continue;
      const row = values.subarray(i * classes, (i + 1) * classes);
      const own = row[identity[i]!]!;
      if (row.every((value) => value <= own)) right.identity++;
    }
  }
  return right;
}
