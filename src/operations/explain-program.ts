import { FacecomError } from '../base/errors.ts';
import type { ProgramLine } from '../model/index.ts';
import { readExperiment } from '../spec/index.ts';

export interface ExplainedProgram {
  backend: string;
  precision: string;
  /** Ops that were traced, and instructions of the program. */
  traced: number;
  instructions: number;
  lines: ProgramLine[];
}

/**
 * How the training step of an experiment file is computed: oneDNN's primitives by their implementations, and what JavaScript computes
 * since oneDNN has no primitive for it or the arrays are small. Throws FacecomError `explain-program` where another backend computes,
 * and as prepare does.
 */
export async function explainProgram(
  file: string,
  { set, signal = new AbortController().signal }: { set?: readonly string[]; signal?: AbortSignal } = {},
): Promise<ExplainedProgram> {
  const { config } = await readExperiment(file, { set });
  const [{ surveyDataset }, { NetworkLearner, openLearner }] = await Promise.all([
    import('../data/index.ts'),
    import('../model/index.ts'),
  ]);
  const { identities } = await surveyDataset(config.data, { signal });
  const learner = await openLearner(config, {
    identities: Math.max(2, identities.length),
    seed: config.seed,
  });
  try {
    const { batch_size, accumulation } = config.train;
    const report =
      learner instanceof NetworkLearner ? learner.prepare(Math.ceil(batch_size / accumulation)) : undefined;
    if (!report?.program)
      throw new FacecomError('explain-program', `The backend ${learner.backend} has no program to show.`, {
        expected: 'the engine oneDNN',
        remedy: 'Run `facecom setup --onednn`, and set resources.backend to onednn.',
        exitCode: 2,
      });
    const { backend, precision } = learner;
    return {
      ...{ backend, precision, traced: report.traced, instructions: report.lowered },
      lines: report.program(),
    };
  } finally {
    learner.dispose();
  }
}
