import { isAbsolute, join, resolve } from 'node:path';
import { findRun } from '../record/index.ts';
import type { Experiment } from '../spec/index.ts';

/** The file that model.weights means: a path, relative to `cwd`, or `run:NAME`, the best checkpoint of a run. */
export function weightsFile(weights: string, { cwd, runs }: { cwd: string; runs: string }): string {
  if (!weights.startsWith('run:')) return isAbsolute(weights) ? weights : resolve(cwd, weights);
  return join(resolve(cwd, findRun(resolve(cwd, runs), weights.slice(4))), 'checkpoints', 'best.safetensors');
}

/**
 * The hashes of the weights that experiments start from, each file read once: part of the trials' ids and of the record. Throws
 * `weights-missing`.
 */
export async function hashesOfWeights(
  configs: readonly Experiment[],
): Promise<(config: Experiment) => string | undefined> {
  const files = new Set(
    configs.flatMap(({ model, trainer }) =>
      model.weights === undefined || trainer.command !== undefined ? [] : [model.weights],
    ),
  );
  const hashes = new Map<string, string>();
  if (files.size > 0) {
    const { hashWeights } = await import('../model/index.ts');
    for (const file of files) hashes.set(file, await hashWeights(file));
  }
  return ({ model }) => (model.weights === undefined ? undefined : hashes.get(model.weights));
}

/**
 * Throws what is wrong with the weights and with patterns of parameters: `weights-…`, `model-pattern`, `model-frozen`. The network's
 * parameters are listed only if there is something to check, so that other runs start as fast.
 */
export async function checkModel(config: Experiment, identities: number): Promise<void> {
  const { model, optimizer, train } = config;
  const patterns =
    model.freeze.length > 0 || train.phases.length > 0 || Object.keys(optimizer.rates).length > 0;
  if (!patterns && model.weights === undefined) return;
  const { checkParameters, startingWeights } = await import('../model/index.ts');
  checkParameters(config);
  await startingWeights(config, { identities });
}
