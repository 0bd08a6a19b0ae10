import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Dataset } from '../../../src/data/index.ts';
import { openEvents, readEvents } from '../../../src/record/index.ts';
import { readCheckpoint, readResume } from '../../../src/trainer/checkpoint/checkpoint.ts';
import { RunRecord } from '../../../src/trainer/recorder.ts';
import type { TrainOptions } from '../../../src/trainer/session.ts';
import { type TrainResult, train } from '../../../src/trainer/train.ts';
import { testConfig } from './config.ts';
import { type LinearLearner, type LinearOptions, linearLearner } from './linear-learner.ts';
import { pictures } from './pictures.ts';

export interface RunOptions {
  runDir: string;
  config?: object;
  dataset?: Dataset;
  learner?: Partial<LinearOptions>;
  /** Stops the run after this many steps of this process. */
  stopAfter?: number;
  checkpointInterval?: number;
  pace?: TrainOptions['pace'];
  /** Called with the step before each of them. */
  onStep?: (step: number) => void;
}

/** Trains in this process with the linear learner, from the run folder's checkpoint if there is one. */
export async function run(
  options: RunOptions,
): Promise<{ result: TrainResult; lines: string[]; learner: LinearLearner }> {
  const { runDir, stopAfter, dataset = pictures() } = options;
  const config = testConfig(options.config);
  const controller = new AbortController();
  const learner = linearLearner({
    identities: dataset.identities.length,
    features: dataset.imageSize ** 2 * 3,
    seed: config.seed,
    ...options.learner,
  });
  const step = learner.trainStep.bind(learner);
  learner.trainStep = async (batch, settings) => {
    options.onStep?.(settings.step);
    const result = await step(batch, settings);
    if (learner.steps.length === stopAfter) controller.abort(new Error('stopped by the test'));
    return result;
  };
  const lines: string[] = [];
  const log = (line: string) => lines.push(line);
  const earlier = readEvents(runDir);
  const events = openEvents(runDir);
  try {
    const record = new RunRecord(events, { runDir, earlier, log });
    const resume = await readResume(runDir, (error) => record.warn(error.code, error.message));
    const { checkpointInterval, pace } = options;
    const result = await train({
      config,
      runDir,
      dataset,
      learner,
      events,
      record,
      signal: controller.signal,
      resume,
      log,
      checkpointInterval,
      pace,
    });
    return { result, lines, learner };
  } finally {
    events.close();
  }
}

/** A run folder of its own in a folder. */
export function runFolder(parent: string): string {
  const folder = join(parent, randomUUID());
  mkdirSync(folder);
  return folder;
}

/** What a checkpoint holds that two equal runs must share: every tensor's bytes and the state. */
export async function essence(runDir: string, which: 'last' | 'best') {
  const { tensors, state, dataHash, identities } = await readCheckpoint(
    join(runDir, 'checkpoints', `${which}.safetensors`),
  );
  return {
    state,
    dataHash,
    identities,
    tensors: [...tensors].map(([name, { dtype, shape, data }]) => ({
      name,
      dtype,
      shape,
      bytes: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64'),
    })),
  };
}

/** The record's metrics in order, without what is a timing. */
export function metrics(runDir: string) {
  return readEvents(runDir).flatMap((event) => {
    if (event.type !== 'metric') return [];
    const { 'train/images_per_second': _rate, 'train/waiting_for_data': _waiting, ...values } = event.values;
    return [{ step: event.step, epoch: event.epoch, values }];
  });
}
