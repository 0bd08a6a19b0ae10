import { resolve } from 'node:path';
import { FacecomError } from '../base/errors.ts';
import type { Experiment } from '../spec/index.ts';
import type { ConditionScores } from '../trainer/index.ts';
import { type Reporter, silent } from './reporter.ts';
import { changedConfig, prepareProcess, trainedRun } from './trained-run.ts';

const sides = ['train', 'validation', 'test', 'all'] as const;
export type EvaluatedSide = (typeof sides)[number];

export interface EvaluateOptions {
  /** Folder of the run folders; `runs` if left out. */
  runs?: string;
  /** Another folder of pictures, all of which are scored. */
  data?: string;
  /** Pictures of one side of the split; the test pictures if left out. */
  split?: EvaluatedSide;
  /** Names of conditions, each applied at every severity; none if left out. */
  conditions?: readonly string[];
  /** 1 (mild) to 5 (severe). */
  severities?: readonly number[];
  /** Assignments to keys of `data`, `evaluate` and `resources`. */
  set?: readonly string[];
  signal?: AbortSignal;
  report?: Reporter;
  onProgress?: (stage: 'decoding' | 'scoring', done: number, total: number) => void;
}

export interface Evaluation {
  /** `name/trial-attempt`. */
  run: string;
  dir: string;
  checkpoint: { epoch: number; step: number; score: number | null };
  data: {
    source: Experiment['data']['source'];
    path?: string;
    /** Content hash of the data set. */
    hash: string;
    split: EvaluatedSide;
    pictures: number;
    /** Pictures of people whom the model was not trained on. */
    strangers: number;
  };
  device: string;
  backend: string;
  /** Of the pictures as they are. */
  scores: Record<string, number>;
  conditions: ConditionScores[];
  /** All scores by the record's names, those under conditions as means over the severities. */
  metrics: Record<string, number>;
  seconds: number;
}

/**
 *   run ─▶ best checkpoint ─▶ pictures ─▶ model ─▶ scores, clean and under each condition
 *
 * Scores a run's best checkpoint; writes nothing. Throws FacecomError with exit code 2 if there is nothing to score.
 */
export async function evaluate(text: string, options: EvaluateOptions = {}): Promise<Evaluation> {
  const started = performance.now();
  const { report = silent, signal = new AbortController().signal, onProgress, runs = 'runs' } = options;
  const side = chooseSide(options.split);
  const { id, dir } = trainedRun(text, runs);
  const trainer = await import('../trainer/index.ts');
  const checkpoint = await trainer.readBest(dir);
  const config = changedConfig(checkpoint.config, [...dataFlags(options), ...(options.set ?? [])]);
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
  const learner = await trainer.openTrained(checkpoint, { resources: config.resources });
  signal.throwIfAborted();
  const common = {
    batchSize: config.evaluate.batch_size,
    identities: checkpoint.identities.length,
    step: checkpoint.state.step,
    signal,
    onProgress: (done: number, total: number) => onProgress?.('scoring', done, total),
  };
  const scores = trainer.score(await trainer.evaluate(learner, subset, common), config.evaluate.score);
  const conditions = await trainer.scoreUnderConditions(learner, subset, {
    ...common,
    conditions: options.conditions ?? [],
    severities: options.severities ?? [1, 3, 5],
    imageSize: config.data.image_size,
    weights: config.evaluate.score,
    seed: config.data.split.seed,
  });
  const prefix = found.side === 'validation' ? 'val' : found.side === 'train' ? 'train' : 'test';
  const { epoch, step, score: best } = checkpoint.state.best!;
  return {
    run: id,
    dir,
    checkpoint: { epoch, step, score: best },
    data: {
      source: config.data.source,
      ...(config.data.source === 'facecom' ? { path: config.data.path } : {}),
      hash: found.hash,
      split: found.side,
      pictures: subset.size,
      strangers: found.strangers,
    },
    device: learner.device,
    backend: learner.backend,
    scores,
    conditions,
    metrics: {
      ...trainer.named(prefix, scores),
      ...trainer.named(prefix, trainer.conditionMeans(conditions)),
    },
    seconds: (performance.now() - started) / 1000,
  };
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

/** Another folder of pictures as `--set` says it. */
function dataFlags({ data }: EvaluateOptions): string[] {
  return data === undefined ? [] : ['data.source=facecom', `data.path=${JSON.stringify(resolve(data))}`];
}
