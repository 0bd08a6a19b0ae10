import type { Subset } from '../data/index.ts';
import { writeArtifact, writeImages } from './artifact.ts';
import { checkpointPath, readCheckpoint } from './checkpoint/checkpoint.ts';
import { classCount } from './class-count.ts';
import {
  conditionMeans,
  conditionSummary,
  conditionTable,
  scoreUnderConditions,
} from './evaluation/conditions.ts';
import { diagnosticsOf } from './evaluation/diagnostics.ts';
import { evaluate, smallerBatches } from './evaluation/evaluate.ts';
import { evaluateFully, type FullEvaluation, type Thresholds } from './evaluation/full.ts';
import { imageSheet } from './evaluation/image-sheet.ts';
import { lossesOf } from './evaluation/losses.ts';
import { matches } from './evaluation/matching/index.ts';
import {
  genderConfusion,
  identityConfusion,
  named,
  type Outcomes,
  type Scores,
} from './evaluation/metrics.ts';
import { conditionRows, mistakeRows, pairRows } from './evaluation/sheets.ts';
import { splitTable } from './evaluation/split-table.ts';
import { predictions, submission } from './evaluation/submission.ts';
import { answersOf, testImages } from './evaluation/test-images.ts';
import { finalLines } from './log.ts';
import type { Session } from './session.ts';

/** Scores the best weights on the test images and writes the artifacts. Returns the run's final metrics. */
export async function finish(session: Session): Promise<Scores> {
  const { config, dataset, learner, state, record, runDir, log, stages } = session;
  const best = state.best!;
  const flush = () => stages.time('checkpoints', () => session.checkpoints.flush());
  // The learner has the weights of the last step.
  if (best.step !== state.step) {
    await flush();
    const { tensors } = await readCheckpoint(checkpointPath(runDir, 'best'));
    await learner.load(tensors, { weightsAlone: true });
  }
  const tested = await stages.time('test', () => test(session));
  // The best checkpoint of the last epoch may still have been on its way to the disk.
  await flush();
  if (Object.keys(tested).length > 0) record.metric(state.step, state.epoch, tested);
  const metrics = { ...best.values, ...tested };
  await writeArtifact(session, 'metrics.json', 'metrics', {
    metrics,
    best: {
      epoch: best.epoch,
      step: best.step,
      monitor: config.train.early_stopping.monitor,
      score: best.score,
    },
    epochs: state.epoch,
    steps: state.step,
    ended: state.ended,
    pictures: { train: dataset.train.size, validation: dataset.validation.size, test: dataset.test.size },
    identities: dataset.identities.length,
    data_hash: dataset.hash,
    parameters: learner.parameters,
    device: learner.device,
    backend: learner.backend,
    precision: learner.precision,
    precision_reason: learner.precisionReason,
    versions: learner.versions,
    seconds: stages.rounded(),
  });
  for (const line of finalLines(state, metrics)) log(line);
  return metrics;
}

async function test(session: Session): Promise<Scores> {
  const { config, dataset, record, log } = session;
  const subset = dataset.test;
  if (subset.size === 0) {
    record.warn('no-test', 'There are no test images: no test score and no submission.csv is made.');
    return {};
  }
  const settings = config.evaluate;
  const watched = [config.train.early_stopping.monitor];
  const seed = config.data.split.seed;
  const thresholds = await validationThresholds(session);
  const outcomes = await outcomesOf(session, subset, 'test');
  const full = evaluateFully(subset, outcomes, { settings, thresholds, watched, seed });
  for (const line of full.refusals) log(`not measured: ${line}`);
  await writeArtifact(session, 'thresholds.json', 'thresholds', {
    ...full.thresholds,
    chosen_on: Object.fromEntries(
      Object.keys(full.thresholds).map((name) => [
        name,
        full.chosenHere.includes(name as keyof Thresholds) ? 'test' : 'validation',
      ]),
    ),
  });
  if (full.chosenHere.length > 0)
    record.warn(
      'threshold-on-test',
      `The validation images could choose no threshold of ${full.chosenHere.join(' and ')}; the test images chose their own, and scores at it are too good.`,
    );
  await writeArtifact(session, 'evaluation.json', 'evaluation', {
    split: 'test',
    tta: settings.tta,
    ...full,
  });
  await writeArtifact(session, 'split.csv', 'split', splitTable(dataset));
  const rows = predictions(subset.names, outcomes, dataset.identities);
  await writeArtifact(session, 'submission.csv', 'submission', submission(rows));
  await writeArtifact(session, 'confusion_gender.json', 'confusion', {
    split: 'test',
    labels: ['Male', 'Female'],
    rows: 'actual',
    columns: 'predicted',
    matrix: genderConfusion(outcomes),
  });
  await writeArtifact(session, 'confusion_identity.json', 'confusion', {
    split: 'test',
    rows: 'actual',
    columns: 'predicted',
    pairs: identityConfusion(outcomes).map(([actual, predicted, count]) => ({
      actual: dataset.identities[actual],
      predicted: dataset.identities[predicted],
      count,
    })),
  });
  await writeDiagnostics(session, full, outcomes);
  const conditions = await testConditions(session, { full, outcomes, watched });
  const losses = lossesOf(outcomes, { gender: config.loss.alpha, identity: config.loss.beta });
  return {
    ...named('test', full.scores),
    ...named('test', losses),
    ...named('test', full.parts),
    ...named('test', conditions),
  };
}

/** What reports and comparisons are made of: answers image by image, curves, and the images that were mistaken. */
async function writeDiagnostics(session: Session, full: FullEvaluation, outcomes: Outcomes): Promise<void> {
  const { config, dataset } = session;
  const answers = answersOf(dataset.test, outcomes, dataset.identities);
  await writeArtifact(session, 'test_images.csv', 'predictions', testImages(answers));
  const found = diagnosticsOf(dataset.test, outcomes, answers, {
    pairs: config.evaluate.matching,
    thresholds: full.thresholds,
    chosenHere: full.chosenHere,
  });
  const hardest = found.verification?.hardest ?? [];
  await writeImages(
    session,
    'test/mistakes',
    'Test images with a wrong answer, the most certain first',
    mistakeRows(dataset.test, answers),
  );
  await writeImages(session, 'test/hardest_pairs', 'Pairs hardest to tell', pairRows(dataset.test, hardest));
  const sheet = await imageSheet(dataset.test, answers, hardest);
  if (sheet) await writeArtifact(session, 'mistakes.jpg', 'image', sheet.bytes);
  const { tile, columns, names } = sheet ?? {};
  await writeArtifact(session, 'diagnostics.json', 'diagnostics', {
    ...found,
    ...(sheet ? { sheet: { file: 'mistakes.jpg', tile, columns, names } } : {}),
  });
}

/** Thresholds that the best weights choose on the validation images: test images must not choose their own. */
async function validationThresholds(session: Session): Promise<Thresholds> {
  const { config, dataset } = session;
  if (dataset.validation.size === 0) return {};
  const outcomes = await outcomesOf(session, dataset.validation, 'validate');
  const watched = [config.train.early_stopping.monitor];
  const { matching } = config.evaluate;
  // What the test images are matched at, the validation images must choose.
  const when = matches(dataset.test, matching, watched) ? ('always' as const) : matching.when;
  const settings = { ...config.evaluate, intervals: 0, matching: { ...matching, when } };
  return evaluateFully(dataset.validation, outcomes, { settings, watched, seed: 0 }).thresholds;
}

function outcomesOf(
  { config, dataset, learner, state, signal, progress, record }: Session,
  subset: Subset,
  stage: 'test' | 'validate',
): Promise<Outcomes> {
  return evaluate(learner, subset, {
    batchSize: config.evaluate.batch_size,
    identities: classCount(dataset.identities),
    step: state.best!.step,
    tta: config.evaluate.tta,
    signal,
    onProgress: (done, total) => progress.report({ stage, done, total, unit: 'images' }),
    onSmaller: (size) => record.warn('evaluate-oom', smallerBatches(size)),
  });
}

/** The test images under the conditions of evaluate.conditions: `<condition>/<metric>`, their mean and what is lost. */
async function testConditions(
  session: Session,
  { full, outcomes, watched }: { full: FullEvaluation; outcomes: Outcomes; watched: string[] },
): Promise<Scores> {
  const { config, dataset, learner, state, signal, progress } = session;
  const { batch_size: batchSize, conditions, severities } = config.evaluate;
  if (conditions.length === 0) return {};
  const rows = await scoreUnderConditions([learner], dataset.test, {
    batchSize,
    identities: classCount(dataset.identities),
    imageSize: dataset.imageSize,
    step: state.best!.step,
    tta: config.evaluate.tta,
    settings: config.evaluate,
    thresholds: full.thresholds,
    clean: outcomes,
    watched,
    conditions,
    severities,
    seed: config.data.split.seed,
    signal,
    onProgress: (done, total) => progress.report({ stage: 'test', done, total, unit: 'images' }),
  });
  const seen = { conditions, severities, imageSize: dataset.imageSize, seed: config.data.split.seed };
  await writeImages(
    session,
    'test/conditions',
    `${dataset.test.names[0]} under the conditions`,
    conditionRows(dataset.test, seen),
  );
  await writeArtifact(session, 'conditions.json', 'conditions', { clean: full.scores, rows });
  await writeArtifact(session, 'robustness.csv', 'conditions', conditionTable(rows, full.scores));
  return { ...conditionMeans(rows), ...conditionSummary(rows, full.scores) };
}
