import { FacecomError } from '../base/errors.ts';
import { systemError } from '../base/system-errors.ts';
import type { ToldClass } from '../record/index.ts';

/** What the trainer was at when it failed. */
export type Stage = 'start' | 'data' | 'training';

/** Classes of codes whose stage does not tell. */
const classes = new Map<string, ToldClass>([
  ['oom', 'oom'],
  ['nan', 'nan'],
  ['disk-full', 'infrastructure'],
  ['tensorflow-missing', 'infrastructure'],
  ['tensorflow-damaged', 'infrastructure'],
  ['no-gpu', 'infrastructure'],
  ['no-permission', 'code'],
  ['too-many-files', 'code'],
  ['internal', 'code'],
  // Met while training, when an image is read.
  ['data-cache-damaged', 'data'],
  ['data-picture-corrupt', 'data'],
  ['data-picture-missing', 'data'],
]);

/** The class of a failure for the record: what goes wrong while the data set is opened is the data's fault. */
export function classOf({ code }: { code: string }, stage: Stage): ToldClass {
  return classes.get(code) ?? (stage === 'data' ? 'data' : 'code');
}

/** Any error as one with a stable code; what is nobody's mistake but the program's is `internal`. */
export function toFailure(error: unknown): FacecomError {
  if (error instanceof FacecomError) return error;
  const known = systemError(error);
  if (known) return known;
  if (error instanceof RangeError && /allocation failed|Invalid typed array length/i.test(error.message)) {
    return new FacecomError('oom', `The machine's memory is exhausted: ${error.message}.`, {
      remedy: 'Lower train.batch_size or raise train.accumulation.',
      cause: error,
    });
  }
  return new FacecomError('internal', String((error as Error | undefined)?.message ?? error), {
    cause: error,
  });
}

/** A failure as one line, for the record. */
export function failureText({ message, found, expected, remedy }: FacecomError): string {
  const details = [
    ...(found === undefined ? [] : [`found: ${found}`]),
    ...(expected === undefined ? [] : [`expected: ${expected}`]),
  ];
  return [
    message,
    ...(details.length > 0 ? [`(${details.join('; ')})`] : []),
    ...(remedy ? [remedy] : []),
  ].join(' ');
}
