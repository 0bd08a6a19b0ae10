import { resolve } from 'node:path';
import { FacecomError } from '../../../base/errors.ts';
import { writeAside } from '../../../base/files.ts';
import { shownPath } from '../../../base/format.ts';
import type { Predicted } from '../../../operations/index.ts';
import { submission } from '../../../trainer/index.ts';
import { printJson, printNote } from '../../terminal/print.ts';

/** Prints the predictions, or writes them to the file `out`. */
export function printPredictions(
  { run, dir, predictions: rows, pictures, failed, features, seconds }: Predicted,
  flags: { json?: boolean; out?: string; rawCsv?: boolean },
) {
  const out = rows.length > 0 && flags.out !== undefined ? resolve(flags.out) : undefined;
  if (out !== undefined) write(out, submission(rows, { raw: flags.rawCsv }));
  if (flags.json)
    printJson({
      ...{ run, dir, pictures: rows.length, failed, ...(out === undefined ? {} : { out }) },
      ...(features ? { features } : {}),
      seconds: Math.round(seconds * 10) / 10,
    });
  else if (out !== undefined) process.stdout.write(`${rows.length} images in ${shownPath(out)}\n`);
  else if (flags.out === undefined && rows.length > 0)
    process.stdout.write(submission(rows, { raw: flags.rawCsv }));
  if (features && !flags.json)
    printNote(`features of ${features.width} numbers an image in ${shownPath(features.file)}`);
  if (failed > 0) printNote(`${failed} of ${pictures} images could not be decoded.`);
}

function write(file: string, text: string): void {
  try {
    writeAside(file, text);
  } catch (error) {
    throw new FacecomError('predict-unwritable', 'The predictions cannot be written.', {
      found: (error as Error).message,
      remedy: 'Choose another file with --out.',
      exitCode: 2,
      cause: error,
    });
  }
}
