import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { FacecomError } from '../base/errors.ts';
import { makeFolder, writeJson } from '../base/files.ts';
import type { Experiment } from '../spec/index.ts';
import type { ConditionScores, FullEvaluation, Thresholds } from '../trainer/index.ts';
import { type Reporter, silent } from './reporter.ts';
import { changedConfig, prepareProcess, trainedRun } from './trained-run.ts';

const sides = ['train', 'validation', 'test', 'all'] as const;
export type EvaluatedSide = (typeof sides)[number];

export interface EvaluateOptions {
  /** Folder of the run folders; `runs` if left out. */
  runs?: string;
  /** Another folder of images, all of which are scored. */
  data?: string;
  /** Images of one side of the split; the test images if left out. */
  split?: EvaluatedSide;
  /** Names of conditions, each applied at every severity; none if left out. */
  conditions?: readonly string[];
  /** 1 (mild) to 5 (severe). */
  severities?: readonly number[];
  /** flip: scores are the means over each image and its mirror image; as the spec has it if left out. */
  tta?: 'none' | 'flip';
  /** Whether the scores are kept in the run folder, under artifacts/evaluations/. */
  keep?: boolean;
  /** Assignments to keys of `data`, `evaluate` and `resources`. */
  set?: readonly string[];
  signal?: AbortSignal;
  report?: Reporter;
  onProgress?: (stage: 'decoding' | 'scoring', done: number, total: number) => void;
}

type ChosenOn = 'validation' | 'these images';

export interface Evaluation {
  /** `name/trial-attempt`. */
  run: string;
  dir: string;
  /** The further runs of an ensemble. */
  with?: string[];
  checkpoint: { epoch: number; step: number; score: number | null };
  data: {
    source: Experiment['data']['source'];
    path?: string;
    /** Content hash of the data set. */
    hash: string;
    split: EvaluatedSide;
    pictures: number;
    /** Images of identities that the model was not trained on. */
    strangers: number;
  };
  device: string;
  backend: string;
  /** Of the images as they are. */
  scores: Record<string, number>;
  conditions: ConditionScores[];
  /** 95 % intervals by the names of `scores`. */
  intervals: FullEvaluation['intervals'];
  /** Scores by the condition that images have and by gender. */
  parts: Record<string, number>;
  thresholds: Thresholds & { chosen_on: Partial<Record<keyof Thresholds, ChosenOn>> };
  /** Why some metrics are absent. */
  refusals: string[];
  counts: FullEvaluation['counts'];
  /** File below the run folder that the scores are kept in. */
  kept?: string;
  /** All scores by the record's names, those under conditions as means over the severities. */
  metrics: Record<string, number>;
  seconds: number;
}

/**
 *   runs ─▶ best checkpoints ─▶ images ─▶ models ─▶ scores, clean and under each condition ─▶ artifacts/evaluations/
 *
 * Scores the best checkpoint of a run, or those of several as one ensemble. Throws FacecomError with exit code 2 if there is nothing to
 * score, or if the runs tell different identities apart.
 */
export async function evaluate(
  texts: string | readonly string[],
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  const started = performance.now();
  const { report = silent, signal = new AbortController().signal, onProgress, runs = 'runs' } = options;
  const side = chooseSide(options.split);
  const targets = [texts].flat().map((text) => trainedRun(text, runs));
  const trainer = await import('../trainer/index.ts');
  const checkpoints = [];
  for (const { dir } of targets) checkpoints.push(await trainer.readBest(dir));
  const [{ id, dir }] = targets as [{ id: string; dir: string }];
  const [checkpoint] = checkpoints as [(typeof checkpoints)[0]];
  refuseStrangers(targets, checkpoints);
  const set = [...dataFlags(options), ...(options.set ?? [])];
  if (options.tta) set.push(`evaluate.tta=${options.tta}`);
  const config = changedConfig(checkpoint.config, set);
  const { loadScoring } = await import('../data/index.ts');
  const { subset, warnings, ...found } = await loadScoring(config.data, {
    identities: checkpoint.identities,
    trainedOn: checkpoint.dataHash,
    side,
    signal,
    onProgress: ({ done, total }) => onProgress?.('decoding', done, total),
  });
  for (const warning of warnings) report.warning(warning);
  prepareProcess(config);
  const learners = [];
  for (const one of checkpoints)
    learners.push(await trainer.openTrained(one, { resources: config.resources }));
  signal.throwIfAborted();
  const { seed } = config.data.split;
  const watched = [checkpoint.config.train.early_stopping.monitor];
  const common = {
    batchSize: config.evaluate.batch_size,
    identities: trainer.classCount(checkpoint.identities),
    step: checkpoint.state.step,
    tta: config.evaluate.tta,
    signal,
    onProgress: (done: number, total: number) => onProgress?.('scoring', done, total),
  };
  const outcomes = await trainer.evaluateTogether(learners, subset, common);
  const known = targets.length === 1 ? readThresholds(dir) : undefined;
  const full = trainer.evaluateFully(subset, outcomes, {
    settings: config.evaluate,
    ...(known ? { thresholds: known } : {}),
    watched,
    seed,
  });
  const conditions = await trainer.scoreUnderConditions(learners, subset, {
    ...common,
    conditions: options.conditions ?? [],
    severities: options.severities ?? [1, 3, 5],
    imageSize: config.data.image_size,
    settings: config.evaluate,
    thresholds: full.thresholds,
    clean: outcomes,
    watched,
    seed,
  });
  const { alpha, beta } = config.loss;
  const prefix = found.side === 'validation' ? 'val' : found.side === 'train' ? 'train' : 'test';
  const { epoch, step, score: best } = checkpoint.state.best!;
  const evaluation: Evaluation = {
    run: id,
    dir,
    ...(targets.length > 1 ? { with: targets.slice(1).map((target) => target.id) } : {}),
    checkpoint: { epoch, step, score: best },
    data: {
      source: config.data.source,
      ...(config.data.path === undefined ? {} : { path: config.data.path }),
      hash: found.hash,
      split: found.side,
      pictures: subset.size,
      strangers: found.strangers,
    },
    device: learners[0]!.device,
    backend: learners[0]!.backend,
    scores: full.scores,
    intervals: full.intervals,
    parts: full.parts,
    thresholds: { ...full.thresholds, chosen_on: chosenOn(full) },
    refusals: full.refusals,
    counts: full.counts,
    conditions,
    metrics: {
      ...trainer.named(prefix, full.scores),
      // Of one run, as it records them; the losses of an ensemble's averages mean little.
      ...(learners.length === 1
        ? trainer.named(prefix, trainer.lossesOf(outcomes, { gender: alpha, identity: beta }))
        : {}),
      ...trainer.named(prefix, full.parts),
      ...trainer.named(prefix, trainer.conditionMeans(conditions)),
      ...trainer.named(prefix, trainer.conditionSummary(conditions, full.scores)),
    },
    seconds: (performance.now() - started) / 1000,
  };
  return options.keep ? { ...evaluation, kept: keep(evaluation, config) } : evaluation;
}

/** Models are averaged class by class: they must tell the same identities apart. */
function refuseStrangers(
  targets: readonly { id: string }[],
  checkpoints: readonly { identities: readonly string[]; config: Experiment }[],
): void {
  const [first] = checkpoints as [(typeof checkpoints)[0]];
  for (const [i, { identities, config }] of checkpoints.entries()) {
    const classes = identities.join('\n') === first.identities.join('\n');
    if (classes && config.data.image_size === first.config.data.image_size) continue;
    throw new FacecomError('ensemble-classes', 'The runs cannot be averaged.', {
      found: classes
        ? `images of ${config.data.image_size} pixels in ${targets[i]!.id}, ${first.config.data.image_size} in ${targets[0]!.id}`
        : `${identities.length} identities in ${targets[i]!.id}, ${first.identities.length} in ${targets[0]!.id}, or others`,
      expected: 'runs on the same identities and size of images',
      remedy: 'Name runs of one data set, such as the trials of a sweep.',
      exitCode: 2,
    });
  }
}

/** What the run chose on its validation images; undefined for a run that kept nothing or had none. */
function readThresholds(dir: string): Thresholds | undefined {
  const file = join(dir, 'artifacts', 'thresholds.json');
  if (!existsSync(file)) return undefined;
  const kept = JSON.parse(readFileSync(file, 'utf8')) as Evaluation['thresholds'];
  const names = (['gender', 'verification'] as const).filter((name) => kept.chosen_on[name] === 'validation');
  return Object.fromEntries(names.map((name) => [name, kept[name]]));
}

function chosenOn({ thresholds, chosenHere }: FullEvaluation): Evaluation['thresholds']['chosen_on'] {
  const names = Object.keys(thresholds) as (keyof Thresholds)[];
  return Object.fromEntries(
    names.map((name) => [name, chosenHere.includes(name) ? 'these images' : 'validation']),
  );
}

/** Keeps an evaluation in the run folder, from where MLflow gets it; the same question again replaces its answer. */
function keep(evaluation: Evaluation, config: Experiment): string {
  const { data, conditions } = evaluation;
  const parts = [
    data.split,
    data.hash.slice(0, 8),
    ...(config.evaluate.tta === 'none' ? [] : [config.evaluate.tta]),
    ...(evaluation.with ? [`ensemble-${evaluation.with.length + 1}`] : []),
    ...(conditions.length > 0 ? ['conditions'] : []),
  ];
  const file = join('artifacts', 'evaluations', `${parts.join('-')}.json`);
  makeFolder(join(evaluation.dir, 'artifacts', 'evaluations'));
  writeJson(join(evaluation.dir, file), evaluation);
  return file;
}

/** Divides the words of a command line into runs and, where the last is a folder that is no run's, images. */
export function runsAndFolder(words: readonly string[]): { runs: string[]; data?: string } {
  const last = words.at(-1)!;
  const folder =
    words.length > 1 &&
    statSync(last, { throwIfNoEntry: false })?.isDirectory() === true &&
    !existsSync(join(last, 'config.json'));
  return folder ? { runs: words.slice(0, -1), data: last } : { runs: [...words] };
}

function chooseSide(text: string | undefined): EvaluatedSide | undefined {
  if (text === undefined) return undefined;
  const side = sides.find((name) => name === text);
  if (side) return side;
  throw new FacecomError('option-value', '--split names no side of a split.', {
    found: text,
    expected: sides.join(', '),
    exitCode: 2,
  });
}

/** Another folder of images as `--set` says it. */
function dataFlags({ data }: EvaluateOptions): string[] {
  return data === undefined ? [] : ['data.source=auto', `data.path=${JSON.stringify(resolve(data))}`];
}
