import type { Dataset } from '../data/index.ts';
import type { Labels, LearnerSettings } from '../model/index.ts';
import type { Experiment } from '../spec/index.ts';
import { classCount } from './class-count.ts';

/** What a network in training needs to know of its data set and its seed. */
export async function learnerSettings(config: Experiment, dataset: Dataset): Promise<LearnerSettings> {
  return {
    identities: classCount(dataset.identities),
    names: dataset.identities,
    seed: config.seed,
    classWeights: await classWeights(config, dataset),
    // Layers and losses of others may need an op that the backend lacks.
    ...((config.plugins ?? []).length > 0 ? { tried: config.train.batch_size } : {}),
    libraryThreads: threadsOf(config),
    ...replicas(config),
  };
}

/** What an image of each class counts, if the spec asks for classes that count alike. */
async function classWeights({ loss }: Experiment, { train, identities }: Dataset): Promise<Labels> {
  const { balancedWeights } = await import('../model/index.ts');
  return {
    ...(loss.gender.class_weights === 'balanced' ? { gender: balancedWeights(train.gender, 2) } : {}),
    ...(loss.identity.class_weights === 'balanced'
      ? { identity: balancedWeights(train.identity, classCount(identities)) }
      : {}),
  };
}

/** Of a run: as the spec says, else as the orchestrator divides the cores among the trials that run at once. */
export function threadsOf({ resources }: Pick<Experiment, 'resources'>): number | undefined {
  const count = resources.cpus || Number(process.env.FACECOM_THREADS);
  return count > 0 ? count : undefined;
}

/** GPUs that one training is divided among: those that the orchestrator has given this process, where they are several. */
function replicas({ resources }: Experiment): { replicas?: number } {
  const visible =
    process.env.CUDA_VISIBLE_DEVICES?.split(',').filter((name) => name !== '' && name !== '-1') ?? [];
  const count = Math.min(Math.floor(resources.gpus), visible.length);
  return process.env.FACECOM_DEVICE !== undefined && resources.device !== 'cpu' && count > 1
    ? { replicas: count }
    : {};
}
