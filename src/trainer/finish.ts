import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeAsideAsync } from '../base/files.ts';
import { checkpointPath, readCheckpoint } from './checkpoint/checkpoint.ts';
import { conditionMeans, scoreUnderConditions } from './evaluation/conditions.ts';
import { evaluate } from './evaluation/evaluate.ts';
import { genderConfusion, identityConfusion, named, type Scores, score } from './evaluation/metrics.ts';
import { predictions, submission } from './evaluation/submission.ts';
import { finalLines } from './log.ts';
import type { Session } from './session.ts';

/** Scores the best weights on the test pictures and writes the artifacts. Gives the run's final metrics. */
export async function finish(session: Session): Promise<Scores> {
  const { config, dataset, learner, state, record, runDir, log } = session;
  // The best checkpoint of the last epoch may still be on its way to the disk.
  await session.checkpoints.flush();
  const best = state.best!;
  await learner.load((await readCheckpoint(checkpointPath(runDir, 'best'))).tensors);
  const tested = await test(session);
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
  });
  for (const line of finalLines(state, metrics)) log(line);
  return metrics;
}

async function test(session: Session): Promise<Scores> {
  const { config, dataset, learner, state, signal, progress, record } = session;
  const subset = dataset.test;
  if (subset.size === 0) {
    record.warn('no-test', 'There are no test pictures: no test score and no submission.csv is made.');
    return {};
  }
  const outcomes = await evaluate(learner, subset, {
    batchSize: config.evaluate.batch_size,
    identities: dataset.identities.length,
    step: state.best!.step,
    signal,
    onProgress: (done, total) => progress.report({ stage: 'test', done, total, unit: 'images' }),
  });
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
  return {
    ...named('test', score(outcomes, config.evaluate.score)),
    ...named('test', await testConditions(session)),
  };
}

/** The test pictures under the conditions of evaluate.conditions: `<condition>/<metric>`. */
async function testConditions(session: Session): Promise<Scores> {
  const { config, dataset, learner, state, signal, progress } = session;
  const { batch_size: batchSize, score: weights, conditions, severities } = config.evaluate;
  if (conditions.length === 0) return {};
  const rows = await scoreUnderConditions(learner, dataset.test, {
    batchSize,
    identities: dataset.identities.length,
    imageSize: dataset.imageSize,
    step: state.best!.step,
    weights,
    conditions,
    severities,
    seed: config.data.split.seed,
    signal,
    onProgress: (done, total) => progress.report({ stage: 'test', done, total, unit: 'images' }),
  });
  await writeArtifact(session, 'conditions.json', 'conditions', rows);
  return conditionMeans(rows);
}

/** Writes a text, or a value as JSON, aside and renames it, and says so in the record. */
async function writeArtifact(
  { runDir, record }: Session,
  name: string,
  kind: string,
  content: string | object,
): Promise<void> {
  const path = join(runDir, 'artifacts', name);
  await mkdir(dirname(path), { recursive: true });
  await writeAsideAsync(
    path,
    typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`,
  );
  record.artifact(path, kind);
}
