import { existsSync } from 'node:fs';
import { FacecomError } from '../base/errors.ts';
import type { Learner } from '../model/index.ts';
import { useRecordedPlugins } from '../record/index.ts';
import { type Checkpoint, checkpointPath, readCheckpoint } from './checkpoint/checkpoint.ts';
import { classCount } from './class-count.ts';

/** The best checkpoint of a run, whose plugins are put in use. Throws `checkpoint-missing` where it has none yet (exit code 2). */
export async function readBest(runDir: string): Promise<Checkpoint> {
  const path = checkpointPath(runDir, 'best');
  if (!existsSync(path))
    throw new FacecomError('checkpoint-missing', 'The run has no best checkpoint.', {
      place: { file: path },
      expected: 'checkpoints/best.safetensors of the built-in trainer, written after its first epoch',
      remedy: 'Train it (facecom resume), or name another run.',
      exitCode: 2,
    });
  const checkpoint = await readCheckpoint(path);
  await useRecordedPlugins(runDir, checkpoint.config);
  return checkpoint;
}

/** A model with a checkpoint's weights, which computes as the run did. `resources` may name another device or backend. */
export async function openTrained(
  { config, tensors, identities, precision, preprocess }: Checkpoint,
  { resources = config.resources }: { resources?: Checkpoint['config']['resources'] } = {},
): Promise<Learner> {
  const { openLearner } = await import('../model/index.ts');
  const learner = await openLearner(
    {
      ...config,
      resources,
      train: { ...config.train, precision: precision as 'float32' | 'bfloat16' },
    },
    {
      identities: classCount(identities),
      seed: config.seed,
      frozen: true,
      trained: { preprocess },
      ...(resources.cpus > 0 ? { libraryThreads: resources.cpus } : {}),
    },
  );
  await learner.load(tensors, { weightsAlone: true });
  return learner;
}
