import { resolve } from 'node:path';
import { FacecomError } from '../../../base/errors.ts';
import { onInterrupt } from '../../../base/new-folder.ts';
import { writeAside } from '../../../base/write-aside.ts';
import { type Predicted, predict } from '../../../operations/index.ts';
import { submission } from '../../../trainer/index.ts';
import { printJson, printNote } from '../../terminal/print.ts';
import { progressLine } from '../../terminal/progress-line.ts';
import { shownPath } from '../../terminal/shown-path.ts';
import { thenExit } from '../../terminal/then-exit.ts';
import { corruptDocument, predictionDocument } from './documents.ts';

interface PredictFlags {
  runs: string;
  set?: string[];
  json?: boolean;
  out?: string;
}

/**
 * Prints or writes the predictions of pictures. A picture that cannot be decoded is named and the others are predicted: exit code 3,
 * or 1 if none is left. Ends the process.
 */
export function predictImages(text: string, images: string[], flags: PredictFlags): Promise<never> {
  const { runs, set, json = false } = flags;
  return thenExit(json, async () => {
    const progress = progressLine('predicting');
    const result = await predict(text, images, {
      ...{ runs, set },
      signal: onInterrupt(),
      onPrediction: (row) => {
        if (json) printJson(predictionDocument(row));
      },
      onCorrupt: (name, error) => {
        if (json) printJson(corruptDocument(name, error));
        else printNote(`error[${error.code}]: ${error.found ?? error.message}`);
      },
      onProgress: (done, total) => progress({ done, total }),
    });
    conclude(result, flags);
    const { failed, predictions } = result;
    return failed === 0 ? 0 : predictions.length === 0 ? 1 : 3;
  });
}

function conclude(
  { run, dir, predictions: rows, pictures, failed, seconds }: Predicted,
  flags: PredictFlags,
) {
  const out = rows.length > 0 && flags.out !== undefined ? resolve(flags.out) : undefined;
  if (out !== undefined) write(out, submission(rows));
  if (flags.json)
    printJson({
      ...{ run, dir, pictures: rows.length, failed, ...(out === undefined ? {} : { out }) },
      seconds: Math.round(seconds * 10) / 10,
    });
  else if (out !== undefined) process.stdout.write(`${rows.length} pictures in ${shownPath(out)}\n`);
  else if (flags.out === undefined && rows.length > 0) process.stdout.write(submission(rows));
  if (failed > 0) printNote(`${failed} of ${pictures} pictures could not be decoded.`);
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
