import { existsSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Experiment } from '../../spec/index.ts';
import { isOver } from '../early-stopping.ts';
import { rateAt, stretchAt, stretchesOf } from '../stretches.ts';
import {
  type CheckpointInfo,
  checkpointPath,
  readCheckpoint,
  readCheckpointInfo,
  weightsOf,
  writeCheckpoint,
} from './checkpoint.ts';

/** What a run's last checkpoint knows; undefined if it has none. Throws `checkpoint-damaged`. */
export async function readLast(runDir: string): Promise<CheckpointInfo | undefined> {
  const path = checkpointPath(runDir, 'last');
  return existsSync(path) ? readCheckpointInfo(path) : undefined;
}

/**
 * The first epoch, from 1, that another config would have trained at another learning rate, of those that a checkpoint has behind it;
 * undefined if all are the same: then a run with the other config can continue from it, and equals one that had it from the start.
 */
export function firstOtherEpoch({ config, state }: CheckpointInfo, other: Experiment): number | undefined {
  const stepsPerEpoch = stepsOf(state);
  const [before, after] = [stretchesOf(config, stepsPerEpoch), stretchesOf(other, stepsPerEpoch)];
  const epochs = state.epoch + (state.batch > 0 ? 1 : 0);
  for (let epoch = 0; epoch < epochs; epoch++) {
    const [was, now] = [stretchAt(before, epoch), stretchAt(after, epoch)];
    // What follows from scores is in the state, and continues.
    const [first, second] = [was.schedule.start(), now.schedule.start()];
    for (let step = epoch * stepsPerEpoch + 1; step <= (epoch + 1) * stepsPerEpoch; step++)
      if (rateAt(was, first, step) !== rateAt(now, second, step)) return epoch + 1;
  }
  return undefined;
}

const stepsOf = ({ epoch, batch, step }: CheckpointInfo['state']): number =>
  epoch > 0 ? Math.max(1, Math.round((step - batch) / epoch)) : Math.max(1, batch);

/** Whether training with this config would end where a checkpoint is. */
export const endsThere = ({ state }: CheckpointInfo, { train }: Experiment): boolean =>
  state.epoch >= train.epochs ||
  (train.early_stopping.enabled &&
    state.batch === 0 &&
    isOver(state.stopping, train.early_stopping.patience));

/** Copies the checkpoints of a run for one that continues it with another config, which they hold then; see `firstOtherEpoch`. */
export async function copyCheckpoints(runDir: string, to: string, config: Experiment): Promise<void> {
  const last = checkpointPath(to, 'last');
  await mkdir(dirname(last), { recursive: true });
  const names = await readdir(dirname(checkpointPath(runDir, 'last')));
  for (const name of names.filter((name) => name.endsWith('.safetensors'))) {
    const { tensors, ...info } = await readCheckpoint(join(runDir, 'checkpoints', name));
    const file = join(to, 'checkpoints', name);
    if (file !== last) await writeCheckpoint(file, { ...info, config }, tensors);
    else {
      const { state, phaseBegins } = reopened(info, config);
      // A phase begins with an optimizer that remembers nothing.
      await writeCheckpoint(file, { ...info, config, state }, phaseBegins ? weightsOf(tensors) : tensors);
    }
  }
}

/** The state of a run that had ended, as it would be had the training not ended there. */
function reopened({ state }: CheckpointInfo, config: Experiment) {
  if (state.ended === null) return { state, phaseBegins: false };
  const stretches = stretchesOf(config, stepsOf(state));
  const next = stretchAt(stretches, state.epoch);
  const phaseBegins = next !== stretchAt(stretches, state.epoch - 1);
  const schedule = phaseBegins ? next.schedule.start() : state.schedule;
  return { state: { ...state, schedule, ended: null }, phaseBegins };
}
