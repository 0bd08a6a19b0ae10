import { resolve } from 'node:path';
import { FacecomError } from '../../../base/errors.ts';
import { onInterrupt } from '../../../base/new-folder.ts';
import { writeAside } from '../../../base/write-aside.ts';
import { type ListedImage, listImages } from '../../../data/index.ts';
import {
  changedConfig,
  prepareProcess,
  shownPath,
  type TrainedOptions,
  thenExit,
  trainedRun,
} from '../../../operations/index.ts';
import type { Prediction } from '../../../trainer/index.ts';
import { progressLine } from '../data/target.ts';

interface PredictOptions extends TrainedOptions {
  out?: string;
}

/**
 *   run ─▶ best checkpoint ─▶ model ─▶ batch after batch: decode, predict ─▶ CSV or JSON lines
 *
 * A picture that cannot be decoded is named and the others go on: exit code 3, or 1 where none is left. Ends the process.
 */
export function predictImages(text: string, images: string[], options: PredictOptions): Promise<never> {
  return thenExit(options.json ?? false, () => predict(text, images, options));
}

async function predict(text: string, paths: string[], options: PredictOptions): Promise<number> {
  const started = performance.now();
  const { id, runDir } = trainedRun(text, options.runs);
  const images = await listImages(paths);
  const { openTrained, readBest } = await import('../../../trainer/index.ts');
  const { predictions, submission } = await import('../../../trainer/index.ts');
  const checkpoint = await readBest(runDir);
  const config = await changedConfig(checkpoint.config, options.set);
  const signal = onInterrupt();
  prepareProcess(config);
  const learner = await openTrained(checkpoint, { resources: config.resources });
  const side = config.data.image_size;
  const report = progressLine('predicting');
  const rows: Prediction[] = [];
  let failed = 0;
  const size = config.evaluate.batch_size;
  for (let start = 0; start < images.length; start += size) {
    signal.throwIfAborted();
    const part = images.slice(start, start + size);
    const { names, pixels } = await decode(part, side, (name, error) => {
      failed++;
      say(name, error, options);
    });
    if (names.length > 0) {
      const { gender, identity } = await learner.evaluate({ images: pixels, size: names.length });
      const identities = checkpoint.identities.length;
      const found = predictions(
        names,
        { genderLogits: gender, identityLogits: identity, identities },
        checkpoint.identities,
      );
      rows.push(...found);
      if (options.json) for (const row of found) process.stdout.write(`${JSON.stringify(asJson(row))}\n`);
    }
    report({ done: Math.min(start + size, images.length), total: images.length });
  }
  if (options.out !== undefined && rows.length > 0) write(options.out, submission(rows));
  if (options.json) {
    const out = options.out === undefined || rows.length === 0 ? {} : { out: resolve(options.out) };
    const seconds = Math.round((performance.now() - started) / 100) / 10;
    const summary = { run: id, dir: runDir, pictures: rows.length, failed, ...out, seconds };
    process.stdout.write(`${JSON.stringify(summary)}\n`);
  } else if (options.out === undefined && rows.length > 0) process.stdout.write(submission(rows));
  else if (options.out !== undefined && rows.length > 0)
    process.stdout.write(`${rows.length} pictures in ${shownPath(resolve(options.out))}\n`);
  if (failed > 0) process.stderr.write(`${failed} of ${images.length} pictures could not be decoded.\n`);
  return failed === 0 ? 0 : rows.length === 0 ? 1 : 3;
}

/** The pictures of a batch that can be decoded, in their order. */
async function decode(
  images: readonly ListedImage[],
  side: number,
  onCorrupt: (name: string, error: FacecomError) => void,
): Promise<{ names: string[]; pixels: Uint8Array }> {
  const { decodePicture } = await import('../../../data/index.ts');
  const decoded = await Promise.allSettled(images.map(({ file }) => decodePicture(file, side)));
  const names: string[] = [];
  const length = side * side * 3;
  const pixels = new Uint8Array(images.length * length);
  for (const [i, outcome] of decoded.entries()) {
    if (outcome.status === 'fulfilled') {
      pixels.set(outcome.value, names.length * length);
      names.push(images[i]!.name);
    } else if (outcome.reason instanceof FacecomError) onCorrupt(images[i]!.name, outcome.reason);
    else throw outcome.reason;
  }
  return { names, pixels: pixels.subarray(0, names.length * length) };
}

function say(filename: string, { code, message, found }: FacecomError, { json }: PredictOptions): void {
  if (json)
    process.stdout.write(`${JSON.stringify({ filename, error: { code, message: found ?? message } })}\n`);
  else process.stderr.write(`error[${code}]: ${found ?? message}\n`);
}

function asJson(row: Prediction): object {
  return {
    filename: row.filename,
    predicted_gender: row.gender,
    gender_probability: row.genderProbability,
    predicted_identity: row.identity,
    identity_probability: row.identityProbability,
  };
}

function write(file: string, text: string): void {
  try {
    writeAside(resolve(file), text);
  } catch (error) {
    throw new FacecomError('predict-unwritable', 'The predictions cannot be written.', {
      found: (error as Error).message,
      remedy: 'Choose another file with --out.',
      exitCode: 2,
      cause: error,
    });
  }
}
