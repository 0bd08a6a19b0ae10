import { freeBytes } from '../../base/disk.ts';
import { FacecomError } from '../../base/errors.ts';
import { formatBytes, plural } from '../../base/format.ts';
import type { Experiment } from '../../spec/index.ts';
import type { Reporter } from '../reporter.ts';

/** Of the parameters: how many numbers an optimizer keeps for each. */
const slots: Record<Experiment['optimizer']['name'], number> = { adam: 2, adamw: 2, lamb: 2, sgd: 1 };

/** More than this of what is free is worth a warning. */
const MUCH = 0.5;

export interface CheckpointBytes {
  /** What stays when the trial has finished. */
  kept: number;
  /** What it also has while it trains. */
  training: number;
}

/** Bytes of the checkpoints of a trial whose network has so many numbers, 4 bytes each. */
export function checkpointBytes(
  { train, optimizer }: Pick<Experiment, 'train' | 'optimizer'>,
  numbers: number,
): CheckpointBytes {
  const { ema, swa, checkpoints } = train;
  const weights = 4 * numbers * (ema > 0 || swa > 0 ? 2 : 1);
  const last = weights + 4 * numbers * slots[optimizer.name];
  // With `keep`, the best is one of those that are kept, in a file of its own.
  const kept = weights * (checkpoints.keep > 1 ? checkpoints.keep + 1 : 1);
  return { kept: kept + (checkpoints.keep_last ? last : 0), training: checkpoints.keep_last ? 0 : last };
}

interface Options {
  /** The trials that are to be run. */
  configs: readonly Experiment[];
  identities: number;
  /** Trials at once. */
  parallel: number;
  folder: string;
  report: Reporter;
}

/** Tells what a sweep's checkpoints will take of the disk. Throws `sweep-space` (exit code 2) if that is more than is free. */
export async function checkSweepSpace({
  configs,
  identities,
  parallel,
  folder,
  report,
}: Options): Promise<void> {
  if (configs.length === 0) return;
  const sizes = await numbersOf(configs, identities);
  const each = configs.map((config) => checkpointBytes(config, sizes(config)));
  const kept = each.reduce((sum, bytes) => sum + bytes.kept, 0);
  const largest = each.map(({ training }) => training).sort((a, b) => b - a);
  const needed = kept + largest.slice(0, parallel).reduce((sum, bytes) => sum + bytes, 0);
  const free = await freeBytes(folder);
  const text = `Checkpoints of ${plural(configs.length, 'trial')} take about ${formatBytes(needed)}; ${formatBytes(free)} are free.`;
  if (needed > free)
    throw new FacecomError('sweep-space', 'The checkpoints of the sweep do not fit on the disk.', {
      place: { file: folder },
      found: `${formatBytes(free)} free`,
      expected: `about ${formatBytes(needed)} for ${plural(configs.length, 'trial')}`,
      remedy: 'Free space, name a folder on another disk with --runs, or lower train.checkpoints.keep.',
      exitCode: 2,
    });
  if (needed > MUCH * free) report.warning({ code: 'sweep-space', message: text });
  else report.note(text);
}

/** Numbers in the network of each config; networks that are alike are counted once. */
async function numbersOf(
  configs: readonly Experiment[],
  identities: number,
): Promise<(config: Experiment) => number> {
  const { parametersOf } = await import('../../model/index.ts');
  const keyOf = ({ model, loss, data }: Experiment) => JSON.stringify([model, loss, data.image_size]);
  const counts = new Map<string, number>();
  for (const config of configs) {
    const key = keyOf(config);
    if (counts.has(key)) continue;
    const shapes = parametersOf(config, identities).map(({ shape }) => shape.reduce((a, b) => a * b, 1));
    counts.set(
      key,
      shapes.reduce((a, b) => a + b, 0),
    );
  }
  return (config) => counts.get(keyOf(config))!;
}
