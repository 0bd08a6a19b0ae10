import { existsSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FacecomError } from '../../base/errors.ts';
import { copyAside } from '../../base/files.ts';
import type { Preprocess, StateTensor } from '../../model/index.ts';
import { type Experiment, experimentSchema, fillDefaults } from '../../spec/index.ts';
import type { TrainState } from '../state.ts';
import { configDigest } from './config-digest.ts';
import type { Pace } from './pace.ts';
import { readHeader, readSafetensors, writeSafetensors } from './safetensors.ts';

/** Raised by a change that older readers cannot read. Since 2, best holds the weights alone. */
const formatVersion = 2;
const readable = ['1', '2'];

/** What a checkpoint knows besides the tensors: enough to use the model without its run folder. */
export interface CheckpointInfo {
  config: Experiment;
  /** Content hash of the data set that it was trained on. */
  dataHash: string;
  /** Class names of the identity head, by class index. */
  identities: string[];
  /** Arithmetic of the training steps. */
  precision: string;
  /** What computed them; of earlier versions left out. */
  backend?: string;
  /** How pixels become the network's input; ImageNet's where left out. */
  preprocess?: Preprocess;
  state: TrainState;
}

export interface Checkpoint extends CheckpointInfo {
  path: string;
  /** There is no optimizer's state in it. */
  weightsAlone: boolean;
  tensors: Map<string, StateTensor>;
}

/** `checkpoints/last.safetensors` and `checkpoints/best.safetensors` of a run folder. */
export const checkpointPath = (runDir: string, which: 'last' | 'best') =>
  join(runDir, 'checkpoints', `${which}.safetensors`);

/** `checkpoints/epoch-0012.safetensors`: the weights of one of the best epochs. */
const epochPath = (runDir: string, epoch: number) =>
  join(runDir, 'checkpoints', `epoch-${String(epoch).padStart(4, '0')}.safetensors`);

/** Removes what training continues from, once a run has finished. */
export const dropLast = (runDir: string): Promise<void> =>
  rm(checkpointPath(runDir, 'last'), { force: true });

/** What a model is evaluated by: its parameters, and their averages where it has some. */
export function weightsOf(tensors: ReadonlyMap<string, StateTensor>): Map<string, StateTensor> {
  return new Map([...tensors].filter(([name]) => !name.startsWith('optimizer/')));
}

/** Which checkpoints are written, last by default. */
export interface SaveOptions {
  best?: boolean;
  /** false: last stays as it was. */
  last?: boolean;
  /** The epoch's weights are kept under its number. */
  epoch?: number;
  /** Epochs whose weights are kept; those of others are removed. */
  epochs?: readonly number[];
}

/** Writes the checkpoints of a run in the background, one after another: training continues meanwhile. */
export class CheckpointWriter {
  private readonly runDir: string;
  private readonly pace: Pick<Pace, 'due' | 'written'>;
  private pending: Promise<void> = Promise.resolve();
  private remembered: (() => Promise<void>) | undefined;

  constructor(runDir: string, pace: Pick<Pace, 'due' | 'written'>) {
    this.runDir = runDir;
    this.pace = pace;
  }

  /** Whether enough was trained since the last checkpoint for the next. */
  get due(): boolean {
    return this.pace.due(performance.now());
  }

  /** Whether the best weights are not on the disk yet. */
  get remembers(): boolean {
    return this.remembered !== undefined;
  }

  /** Keeps the best weights until the next checkpoint is written, and writes them then. */
  remember(
    info: CheckpointInfo,
    weights: ReadonlyMap<string, StateTensor>,
    onWritten?: (path: string) => void,
  ): void {
    const metadata = toMetadata(info);
    this.remembered = () => this.writeBest(weightsOf(weights), metadata, onWritten);
  }

  /** Makes the folder, and clears away what a killed trainer left half written. */
  async prepare(): Promise<void> {
    const folder = join(this.runDir, 'checkpoints');
    await mkdir(folder, { recursive: true });
    for (const name of await readdir(folder)) {
      if (name.endsWith('.tmp')) await rm(join(folder, name), { force: true });
    }
  }

  /**
   * Begins to write a checkpoint once the one before is on the disk; throws what went wrong with that one. `best` comes
   * before `last`: a run that is killed between them repeats the epoch and finds the same best again.
   */
  async save(
    info: CheckpointInfo,
    tensors: ReadonlyMap<string, StateTensor>,
    { best = false, last = true, epoch, epochs = [] }: SaveOptions,
    onWritten?: (path: string) => void,
  ): Promise<void> {
    await this.written();
    // The state is made text now, before training changes it.
    const metadata = toMetadata(info);
    const remembered = this.remembered;
    this.remembered = undefined;
    const write = async () => {
      const began = performance.now();
      const weights = best || epoch !== undefined ? weightsOf(tensors) : undefined;
      if (best) await this.writeBest(weights!, metadata, onWritten);
      else await remembered?.();
      if (epoch !== undefined) {
        const path = epochPath(this.runDir, epoch);
        if (best) await copyAside(checkpointPath(this.runDir, 'best'), path);
        else await writeSafetensors(path, weights!, metadata);
        await this.removeOthers(epochs);
      }
      if (last) await writeSafetensors(checkpointPath(this.runDir, 'last'), tensors, metadata);
      this.pace.written(began, performance.now());
    };
    this.pending = write();
    // An error is thrown by the next save or flush, not as an unhandled rejection.
    this.pending.catch(() => {});
  }

  /** Removes the weights of epochs that are no longer among the best. */
  private async removeOthers(epochs: readonly number[]): Promise<void> {
    const folder = join(this.runDir, 'checkpoints');
    const wanted = new Set(epochs.map((epoch) => epochPath(this.runDir, epoch)));
    for (const name of await readdir(folder)) {
      const path = join(folder, name);
      if (/^epoch-\d+\.safetensors$/.test(name) && !wanted.has(path)) await rm(path, { force: true });
    }
  }

  /** Waits until everything is on the disk. */
  async flush(): Promise<void> {
    await this.written();
    const remembered = this.remembered;
    this.remembered = undefined;
    await remembered?.();
  }

  private async written(): Promise<void> {
    const pending = this.pending;
    this.pending = Promise.resolve();
    await pending;
  }

  private async writeBest(
    weights: ReadonlyMap<string, StateTensor>,
    metadata: Record<string, string>,
    onWritten?: (path: string) => void,
  ): Promise<void> {
    const path = checkpointPath(this.runDir, 'best');
    await writeSafetensors(path, weights, metadata);
    onWritten?.(path);
  }
}

/**
 * The checkpoint that a run continues from: last or, if last is damaged, best, without an optimizer's state (`onFallback` is told).
 * Undefined if there is none. Throws `checkpoint-damaged` where no readable one is left.
 */
export async function readResume(
  runDir: string,
  onFallback: (error: FacecomError) => void,
): Promise<Checkpoint | undefined> {
  const paths = [checkpointPath(runDir, 'last'), checkpointPath(runDir, 'best')].filter((path) =>
    existsSync(path),
  );
  let damage: FacecomError | undefined;
  for (const path of paths) {
    try {
      const checkpoint = await readCheckpoint(path);
      if (damage) onFallback(damage);
      return checkpoint;
    } catch (error) {
      if (!(error instanceof FacecomError) || error.code !== 'checkpoint-damaged') throw error;
      damage ??= error;
    }
  }
  if (!damage) return undefined;
  throw new FacecomError('checkpoint-damaged', `${damage.message} There is no other to continue from.`, {
    place: damage.place,
    expected: 'a readable last.safetensors or best.safetensors',
    remedy: 'Remove the run folder’s checkpoints/ to train from the start.',
    cause: damage,
  });
}

/** Writes one checkpoint, aside and renamed. */
export const writeCheckpoint = (
  path: string,
  info: CheckpointInfo,
  tensors: ReadonlyMap<string, StateTensor>,
): Promise<void> => writeSafetensors(path, tensors, toMetadata(info));

/** Reads one checkpoint whole. Throws `checkpoint-damaged` or `checkpoint-version`. */
export async function readCheckpoint(path: string): Promise<Checkpoint> {
  const { metadata, tensors } = await readSafetensors(path);
  const weightsAlone = ![...tensors.keys()].some((name) => name.startsWith('optimizer/'));
  return { path, tensors, weightsAlone, ...fromMetadata(path, metadata) };
}

/** Reads what a checkpoint says of itself, without its tensors. */
export async function readCheckpointInfo(path: string): Promise<CheckpointInfo> {
  return fromMetadata(path, (await readHeader(path)).metadata);
}

function toMetadata({
  config,
  dataHash,
  identities,
  precision,
  backend,
  preprocess,
  state,
}: CheckpointInfo): Record<string, string> {
  return {
    format: 'facecom',
    format_version: String(formatVersion),
    // For identities and other programs; facecom reads them from the state and the config.
    epoch: String(state.epoch),
    step: String(state.step),
    seed: String(config.seed),
    config_digest: configDigest(config),
    data_hash: dataHash,
    precision,
    ...(backend ? { backend } : {}),
    ...(preprocess ? { preprocess: JSON.stringify(preprocess) } : {}),
    identities: JSON.stringify(identities),
    config: JSON.stringify(config),
    state: JSON.stringify(state),
  };
}

function fromMetadata(path: string, metadata: Record<string, string>): CheckpointInfo {
  if (metadata.format !== 'facecom') {
    throw new FacecomError('checkpoint-foreign', `${path} is not a checkpoint of facecom.`, {
      place: { file: path },
      found: metadata.format === undefined ? 'no format in its metadata' : `format ${metadata.format}`,
      expected: 'format facecom',
    });
  }
  if (!readable.includes(metadata.format_version ?? '')) {
    throw new FacecomError('checkpoint-version', `${path} has a format that this version does not read.`, {
      place: { file: path },
      found: `format version ${metadata.format_version}`,
      expected: `format version ${readable.join(' or ')}`,
      remedy: 'Use the version of facecom that wrote it.',
    });
  }
  try {
    return {
      // A checkpoint of an earlier version lacks the keys that came since.
      config: fillDefaults(experimentSchema, JSON.parse(metadata.config!)) as Experiment,
      dataHash: metadata.data_hash!,
      identities: JSON.parse(metadata.identities!) as string[],
      precision: metadata.precision!,
      ...(metadata.backend === undefined ? {} : { backend: metadata.backend }),
      ...(metadata.preprocess === undefined
        ? {}
        : { preprocess: JSON.parse(metadata.preprocess) as Preprocess }),
      state: JSON.parse(metadata.state!) as TrainState,
    };
  } catch (error) {
    throw new FacecomError(
      'checkpoint-damaged',
      `The checkpoint ${path} is damaged: its metadata is not whole.`,
      {
        place: { file: path },
        cause: error,
      },
    );
  }
}
