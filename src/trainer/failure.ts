import type { ErrorCode } from '../base/error-codes.ts';
import { FacecomError } from '../base/errors.ts';
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

/** System errors that a user can act on. */
const system: Record<string, { code: ErrorCode; text: string; remedy: string }> = {
  ENOSPC: { code: 'disk-full', text: 'The disk is full', remedy: 'Free disk space and resume the run.' },
  EDQUOT: {
    code: 'disk-full',
    text: 'Your quota of the disk is used up',
    remedy: 'Free disk space within your quota and resume the run.',
  },
  EROFS: {
    code: 'no-permission',
    text: 'The run folder lies on a disk that can only be read',
    remedy: 'Choose a folder that can be written with --runs.',
  },
  EACCES: {
    code: 'no-permission',
    text: 'The run folder may not be written',
    remedy: 'Change the permissions of the run folder, or choose another with --runs.',
  },
  EMFILE: {
    code: 'too-many-files',
    text: 'Too many files are open',
    remedy: 'Raise the limit of open files (ulimit -n).',
  },
};

/** Any error as one with a stable code; what is nobody's mistake but the program's is `internal`. */
export function toFailure(error: unknown): FacecomError {
  if (error instanceof FacecomError) return error;
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  const known = typeof code === 'string' ? system[code] : undefined;
  if (known)
    return new FacecomError(known.code, `${known.text}: ${message}.`, { remedy: known.remedy, cause: error });
  if (error instanceof RangeError && /allocation failed|Invalid typed array length/i.test(error.message)) {
    return new FacecomError('oom', `The machine's memory is exhausted: ${error.message}.`, {
      remedy: 'Lower train.batch_size or raise train.accumulation.',
      cause: error,
    });
  }
  return new FacecomError('internal', String(message ?? error), { cause: error });
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
