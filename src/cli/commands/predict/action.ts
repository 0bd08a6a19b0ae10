import { onInterrupt } from '../../../base/interrupt.ts';
import { predict } from '../../../operations/index.ts';
import { printJson, printNote } from '../../terminal/print.ts';
import { progressLine } from '../../terminal/progress-line.ts';
import { thenExit } from '../../terminal/then-exit.ts';
import { corruptDocument, predictionDocument } from './documents.ts';
import { printPredictions } from './result.ts';

interface PredictFlags {
  runs: string;
  set?: string[];
  json?: boolean;
  out?: string;
  rawCsv?: boolean;
  features?: string;
  tta?: 'none' | 'flip';
}

/**
 * Prints or writes the predictions of images. An image that cannot be decoded is named and the others are predicted: exit code 3,
 * or 1 if none is left. Ends the process.
 */
export function predictImages(text: string, images: string[], flags: PredictFlags): Promise<never> {
  const { runs, set, features, tta, json = false } = flags;
  return thenExit(json, async () => {
    const progress = progressLine('predicting');
    const result = await predict(text, images, {
      ...{ runs, set, features, tta },
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
    printPredictions(result, flags);
    const { failed, predictions } = result;
    return failed === 0 ? 0 : predictions.length === 0 ? 1 : 3;
  });
}
