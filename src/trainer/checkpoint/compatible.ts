import { FacecomError } from '../../base/errors.ts';
import type { StateTensor } from '../../model/index.ts';
import type { Experiment } from '../../spec/index.ts';
import type { Checkpoint } from './checkpoint.ts';
import { differences } from './config-digest.ts';

/** Throws `checkpoint-config` or `checkpoint-data` where a run cannot continue from a checkpoint with this config and data set. */
export function checkContinues(checkpoint: Checkpoint, config: Experiment, dataHash: string): void {
  const [first, ...others] = differences(checkpoint.config, config);
  if (first) {
    const more = others.length > 0 ? ` (and ${others.map(({ path }) => path).join(', ')})` : '';
    throw new FacecomError(
      'checkpoint-config',
      `The run's config is not the one that its checkpoint was made with: ${first.path}${more} differs.`,
      {
        place: { file: checkpoint.path },
        found: `${first.path}: ${first.after ?? 'absent'}`,
        expected: `${first.path}: ${first.before ?? 'absent'}`,
        remedy: 'Start a new run, or restore config.json.',
      },
    );
  }
  if (checkpoint.dataHash !== dataHash) {
    throw new FacecomError('checkpoint-data', 'The data set has changed since the checkpoint was made.', {
      place: { file: checkpoint.path },
      found: `data set ${dataHash}`,
      expected: `data set ${checkpoint.dataHash}`,
      remedy: 'Restore the data set, or start a new run.',
    });
  }
}

/** Throws `checkpoint-shape`, naming the first tensor that a model lacks, misses or has in another shape. */
export function checkShapes(
  { path, tensors, weightsAlone }: Checkpoint,
  expected: ReadonlyMap<string, StateTensor>,
): void {
  const form = (tensor: StateTensor | undefined) =>
    tensor ? `${tensor.dtype} [${tensor.shape.join(', ')}]` : 'absent';
  for (const name of new Set([...expected.keys(), ...tensors.keys()])) {
    const found = form(tensors.get(name));
    const wanted = form(expected.get(name));
    if (found === wanted || (weightsAlone && name.startsWith('optimizer/'))) continue;
    throw new FacecomError('checkpoint-shape', `The checkpoint does not fit the model: ${name} differs.`, {
      place: { file: path },
      found,
      expected: wanted,
      remedy: 'Use the model (backbone, heads, identities, optimizer) that the checkpoint was made with.',
    });
  }
}
