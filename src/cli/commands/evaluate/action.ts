import { resolve } from 'node:path';
import { FacecomError } from '../../../base/errors.ts';
import { onInterrupt } from '../../../base/new-folder.ts';
import {
  changedConfig,
  prepareProcess,
  sayWarnings,
  type TrainedOptions,
  thenExit,
  trainedRun,
} from '../../../operations/index.ts';
import { chooseConditions } from '../../../pixels/index.ts';
import type { Experiment } from '../../../spec/index.ts';
import type { ConditionScores } from '../../../trainer/index.ts';
import { numberOption, progressLine } from '../data/target.ts';

interface EvaluateOptions extends TrainedOptions {
  data?: string;
  split?: string;
  conditions?: string;
  severity: string;
}

const splits = ['train', 'validation', 'test', 'all'] as const;
type Scores = Record<string, number>;

/**
 *   run ─▶ best checkpoint ─▶ pictures ─▶ model ─▶ scores, clean and under each condition ─▶ table or JSON
 *
 * Scores a run's best checkpoint; writes nothing. Ends the process.
 */
export function evaluateRun(text: string, options: EvaluateOptions): Promise<never> {
  return thenExit(options.json ?? false, () => evaluate(text, options));
}

async function evaluate(text: string, options: EvaluateOptions): Promise<number> {
  const started = performance.now();
  const side = chooseSide(options.split);
  const conditions =
    options.conditions === undefined
      ? []
      : (await chooseConditions(options.conditions, 'seven')).map((condition) => condition.name);
  const severities = chooseSeverities(options.severity);
  const { id, runDir } = trainedRun(text, options.runs);
  const { openTrained, readBest } = await import('../../../trainer/index.ts');
  const checkpoint = await readBest(runDir);
  const config = await changedConfig(checkpoint.config, [...dataFlags(options), ...(options.set ?? [])]);
  const signal = onInterrupt();
  const { loadScoring } = await import('../../../data/index.ts');
  const { subset, warnings, ...found } = await loadScoring(config.data, {
    identities: checkpoint.identities,
    trainedOn: checkpoint.dataHash,
    side,
    signal,
    onProgress: progressLine('decoding'),
  });
  sayWarnings(warnings);
  prepareProcess(config);
  const learner = await openTrained(checkpoint, { resources: config.resources });
  signal.throwIfAborted();
  const { evaluate: outcomesOf } = await import('../../../trainer/index.ts');
  const { named, score } = await import('../../../trainer/index.ts');
  const { conditionMeans, scoreUnderConditions } = await import('../../../trainer/index.ts');
  const common = {
    batchSize: config.evaluate.batch_size,
    identities: checkpoint.identities.length,
    step: checkpoint.state.step,
    signal,
  };
  const clean = score(
    await outcomesOf(learner, subset, { ...common, onProgress: progress('scoring') }),
    config.evaluate.score,
  );
  const rows = await scoreUnderConditions(learner, subset, {
    ...common,
    conditions,
    severities,
    imageSize: config.data.image_size,
    weights: config.evaluate.score,
    seed: config.data.split.seed,
    onProgress: progress('scoring under conditions'),
  });
  const prefix = found.side === 'validation' ? 'val' : found.side === 'train' ? 'train' : 'test';
  const { epoch, step, score: best } = checkpoint.state.best!;
  const summary = {
    run: id,
    dir: runDir,
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
    metrics: { ...named(prefix, clean), ...named(prefix, conditionMeans(rows)) },
    ...(rows.length > 0 ? { conditions: rows } : {}),
    seconds: Math.round((performance.now() - started) / 100) / 10,
  };
  process.stdout.write(
    options.json ? `${JSON.stringify(summary)}\n` : `${describe(summary, config, clean, rows)}\n`,
  );
  return 0;
}

function chooseSide(text: string | undefined): (typeof splits)[number] | undefined {
  if (text === undefined) return undefined;
  const side = splits.find((name) => name === text);
  if (side) return side;
  throw new FacecomError('option-value', '--split names no side of a split.', {
    found: text,
    expected: splits.join(', '),
    exitCode: 2,
  });
}

function chooseSeverities(text: string): number[] {
  const values = (text === 'all' ? '1,2,3,4,5' : text)
    .split(',')
    .map((value) => numberOption('severity', value, { low: 1, high: 5 }));
  return [...new Set(values)].sort((a, b) => a - b);
}

/** `--data FOLDER` as `--set` says it. */
function dataFlags({ data }: EvaluateOptions): string[] {
  return data === undefined ? [] : ['data.source=facecom', `data.path=${JSON.stringify(resolve(data))}`];
}

function progress(verb: string): (done: number, total: number) => void {
  const line = progressLine(verb);
  return (done, total) => line({ done, total });
}

const columns = [
  ['gender', 'gender_accuracy'],
  ['F1', 'gender_f1'],
  ['identity', 'identity_top1'],
  ['top 5', 'identity_top5'],
  ['macro F1', 'identity_macro_f1'],
  ['combined', 'combined'],
] as const;

function describe(
  { run, checkpoint, data }: Summary,
  config: Experiment,
  clean: Scores,
  rows: readonly ConditionScores[],
): string {
  const from = config.data.source === 'synthetic' ? 'synthetic faces' : config.data.path;
  const which = data.split === 'all' ? 'all' : `the ${data.split} pictures:`;
  const cells = (scores: Scores) =>
    columns.map(([, name]) => (scores[name]?.toFixed(4) ?? '–').padStart(10)).join('');
  const line = (name: string, severity: string, scores: Scores) =>
    `${name.padEnd(14)}${severity.padStart(8)}${cells(scores)}`;
  return [
    `run ${run}, its best epoch ${checkpoint.epoch}, on ${which} ${data.pictures} of ${from}`,
    '',
    `${'condition'.padEnd(14)}${'severity'.padStart(8)}${columns.map(([title]) => title.padStart(10)).join('')}`,
    line('none', '–', clean),
    ...rows.map(({ condition, severity, scores }) => line(condition, `${severity}`, scores)),
    ...(rows.length > 1 ? [line('mean', '', meanScores(rows))] : []),
  ].join('\n');
}

interface Summary {
  run: string;
  checkpoint: { epoch: number };
  data: { split: string; pictures: number };
}

function meanScores(rows: readonly ConditionScores[]): Scores {
  const names = Object.keys(rows[0]!.scores);
  return Object.fromEntries(
    names.map((name) => [name, rows.reduce((sum, { scores }) => sum + scores[name]!, 0) / rows.length]),
  );
}
