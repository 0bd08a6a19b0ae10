import { FacecomError } from '../base/errors.ts';
import { programFile } from '../base/folders.ts';
import { checkTrainer, describeEnvironment, trainerCommand } from '../orchestrator/index.ts';
import { pluginsDigest } from '../plugins/index.ts';
import type { Environment } from '../record/index.ts';
import type { Experiment } from '../spec/index.ts';
import { checkSampler } from './check-sampler.ts';
import { computeLibrary } from './compute-library.ts';
import type { Reporter } from './reporter.ts';
import { checkModel, hashesOfWeights } from './weights.ts';

export interface Prepared {
  /** Program and arguments of the trainer. */
  command: readonly string[];
  /** The built-in trainer, which can stand by. */
  builtin: boolean;
  /** Content hash of the data set; undefined for a trainer of another make, which reads its own. */
  dataHash?: string;
  /** How many identities training knows, of the built-in trainer. */
  identities?: number;
  /** Hash of the weights that the run starts from. */
  weightsHash?: string;
  /** The built-in trainer can use a GPU here, if there is one. */
  cuda: boolean;
  environment: Environment;
}

/** The built-in trainer: this very build of the program, whatever becomes of its sources while a sweep runs. */
export function builtinTrainer(): string[] {
  return [process.execPath, programFile(), 'trainer'];
}

/** Throws as checkTrainer does where a trainer of these experiments cannot be started from `cwd`. */
export function checkTrainers(configs: readonly Experiment[], cwd: string): void {
  const commands = configs.map((config) => trainerCommand(config, builtinTrainer()));
  const distinct = new Map(commands.map((command) => [JSON.stringify(command), command]));
  for (const command of distinct.values()) checkTrainer(command, cwd);
}

/**
 * What must be well before anything is launched: the trainer's program, the data set and the library that it computes with. Throws FacecomError
 * with exit code 2 for what the user can put right.
 */
export async function prepare(
  config: Experiment,
  options: {
    report: Reporter;
    signal: AbortSignal;
    /** What the trainer's relative paths are relative to; the working folder where left out. */
    cwd?: string;
  },
): Promise<Prepared> {
  const cwd = options.cwd ?? process.cwd();
  const command = trainerCommand(config, builtinTrainer());
  const builtin = config.trainer.command === undefined;
  checkTrainer(command, cwd);
  let dataHash: string | undefined;
  let weightsHash: string | undefined;
  let known: number | undefined;
  if (builtin) {
    const { surveyDataset } = await import('../data/index.ts');
    const { hash, identities, collection, split } = await surveyDataset(config.data, {
      signal: options.signal,
    });
    dataHash = hash;
    known = identities.length;
    for (const line of collection.notes ?? []) options.report.note(`data: ${line}`);
    weightsHash = (await hashesOfWeights([config]))(config);
    const images = split.train.map((position) => collection.entries[position]!);
    await checkSampler(config, images, identities);
    await checkModel(config, identities.length);
  }
  const { onednn, tensorflow } = builtin ? await computeLibrary(config, options) : {};
  if (options.signal.aborted) throw new FacecomError('interrupted', 'Interrupted.', { exitCode: 130 });
  const environment = await describeEnvironment({
    cwd,
    seed: config.seed,
    ...(dataHash === undefined ? {} : { dataHash }),
    ...(weightsHash === undefined ? {} : { weightsHash }),
    plugins: pluginsDigest(config.plugins),
    ...(onednn ? { onednn: { version: onednn.version ?? onednn.dir } } : {}),
    ...(tensorflow ? { tensorflow: { version: tensorflow.version, kind: tensorflow.kind } } : {}),
  });
  return {
    command,
    builtin,
    ...(dataHash === undefined ? {} : { dataHash }),
    ...(weightsHash === undefined ? {} : { weightsHash }),
    ...(known === undefined ? {} : { identities: known }),
    cuda: tensorflow?.kind === 'cuda',
    environment,
  };
}
