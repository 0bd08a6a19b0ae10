import { FacecomError } from '../base/errors.ts';
import {
  checkTrainerParams,
  type Experiment,
  placed,
  type ResolvedExperiment,
  SpecError,
} from '../spec/index.ts';
import { type Expansion, expandSweep } from '../sweep/index.ts';
import { withAbsolutePaths } from './absolute-paths.ts';
import { hashesOfWeights, weightsFile } from './weights.ts';

export interface TrialDataOptions {
  signal?: AbortSignal;
  /** What data.path is relative to; the working directory where left out. */
  cwd?: string;
  /** Folder of the run folders, which `model.weights: run:NAME` names one of; `runs` where left out. */
  runs?: string;
  /** Called in place of throwing where a data set cannot be read: the ids are then without its hash. */
  onUnreadable?: (error: FacecomError) => void;
}

/**
 * The trials of a spec with the content hashes of their data sets in their ids: what `run`, `sweep` and `sweep --dry-run` agree on.
 * A data set that several trials read is surveyed once, and every split that they ask for is tried. A trainer of another make reads
 * its own data, of which there is no hash. Throws SpecError, and what surveyDataset throws.
 */
export async function expandTrials(
  spec: ResolvedExperiment,
  options: TrialDataOptions = {},
): Promise<
  Expansion & {
    hashOf: (config: Experiment) => string | undefined;
    weightsHashOf: (config: Experiment) => string | undefined;
  }
> {
  const cwd = options.cwd ?? process.cwd();
  const setKey = (config: Experiment) => keyOf(config, cwd);
  const surveys = new Map<string, { hash?: string }>();
  const hashOf = (config: Experiment) => surveys.get(setKey(config))?.hash;
  // Which data sets there are is known after the expansion, and the ids need their hashes: a sweep over data is expanded twice.
  const varies = sweptPaths(spec).some((path) => /^(?:data|trainer|model)\b/.test(path));
  const configs = varies ? expandSweep(spec).trials.map(({ config }) => config) : [spec.config];
  const wanted = new Map<string, Experiment[]>();
  const splits = new Set<string>();
  for (const config of configs) {
    const split = `${setKey(config)} ${JSON.stringify({ ...config.data.split, seed: 0 })}`;
    if (config.trainer.command !== undefined || splits.has(split)) continue;
    splits.add(split);
    wanted.set(setKey(config), [...(wanted.get(setKey(config)) ?? []), config]);
  }
  for (const [key, [first, ...others]] of wanted) {
    try {
      surveys.set(key, { hash: await survey(first!, others, options) });
    } catch (error) {
      if (!options.onUnreadable || !(error instanceof FacecomError) || error.exitCode !== 2) throw error;
      options.onUnreadable(error);
    }
  }
  const weightsHashOf = await weightsHashes(configs, options);
  const expansion = expandSweep(spec, { dataHash: hashOf, weightsHash: weightsHashOf });
  await checkParams(spec, expansion, cwd);
  return { ...expansion, hashOf, weightsHashOf };
}

/** Of the weights that the configs start from, by whichever path they name them. */
async function weightsHashes(
  configs: readonly Experiment[],
  { cwd = process.cwd(), runs = 'runs', onUnreadable }: TrialDataOptions,
): Promise<(config: Experiment) => string | undefined> {
  const absolute = (config: Experiment): Experiment => {
    const { weights } = config.model;
    if (weights === undefined) return config;
    return { ...config, model: { ...config.model, weights: weightsFile(weights, { cwd, runs }) } };
  };
  try {
    const hashOf = await hashesOfWeights(configs.map(absolute));
    return (config) => hashOf(absolute(config));
  } catch (error) {
    if (!onUnreadable || !(error instanceof FacecomError) || error.exitCode !== 2) throw error;
    onUnreadable(error);
    return () => undefined;
  }
}

/** What a sweep makes of `trainer.params` keeps to `trainer.schema`, too. Throws SpecError with the first trial that does not. */
async function checkParams(spec: ResolvedExperiment, { trials }: Expansion, cwd: string): Promise<void> {
  const seen = new Set<string>();
  for (const { config, axes } of trials) {
    const key = JSON.stringify(config.trainer);
    if (config.trainer.schema === undefined || seen.has(key)) continue;
    seen.add(key);
    const [finding] = await checkTrainerParams(config, cwd);
    if (finding) throw new SpecError([placed({ ...finding, found: JSON.stringify(axes) }, spec)]);
  }
}

function sweptPaths({ sweep }: ResolvedExperiment): string[] {
  return [...Object.keys(sweep?.axes ?? {}), ...[sweep?.simplex ?? []].flat().flatMap(({ paths }) => paths)];
}

/** What of a config decides which images there are. */
function keyOf(config: Experiment, cwd: string): string {
  if (config.trainer.command !== undefined) return '';
  const { synthetic, split, image_size, fit, cache, shuffle_labels, ...source } = withAbsolutePaths(config, {
    cwd,
  }).data;
  return JSON.stringify(
    source.source === 'synthetic' ? ['synthetic', synthetic] : [source, split.near_duplicates],
  );
}

async function survey(
  first: Experiment,
  others: readonly Experiment[],
  { signal, cwd = process.cwd() }: TrialDataOptions,
): Promise<string> {
  const { surveyDataset } = await import('../data/index.ts');
  const { collection, hash } = await surveyDataset(withAbsolutePaths(first, { cwd }).data, { signal });
  if (others.length > 0) {
    const { splitPictures } = await import('../data/index.ts');
    for (const other of others) splitPictures(collection.entries, other.data.split);
  }
  return hash;
}
