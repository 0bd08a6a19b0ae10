import type { ErrorCode } from './error-codes.ts';
import { FacecomError } from './errors.ts';
import { missingPackage } from './packages.ts';

/** Errors of the system that a user can act on, by their names. */
const known: Readonly<Record<string, { code: ErrorCode; text: string; remedy: string }>> = {
  ENOSPC: { code: 'disk-full', text: 'The disk is full', remedy: 'Free disk space and resume the run.' },
  EDQUOT: {
    code: 'disk-full',
    text: 'Your quota of the disk is used up',
    remedy: 'Free disk space within your quota and resume the run.',
  },
  EROFS: {
    code: 'no-permission',
    text: 'The folder lies on a disk that can only be read',
    remedy: 'Choose a folder that can be written, such as with --runs.',
  },
  EACCES: {
    code: 'no-permission',
    text: 'A file or folder may not be read or written',
    remedy: 'Change its permissions, or choose another folder, such as with --runs.',
  },
  EPERM: {
    code: 'no-permission',
    text: 'A file or folder may not be read or written',
    remedy: 'Change its permissions, or choose another folder, such as with --runs.',
  },
  EMFILE: {
    code: 'too-many-files',
    text: 'Too many files are open',
    remedy: 'Raise the limit of open files (ulimit -n).',
  },
  ENFILE: {
    code: 'too-many-files',
    text: 'Too many files are open on this machine',
    remedy: 'Close other programs, or raise the limit of open files.',
  },
  EIO: {
    code: 'disk-error',
    text: 'The disk cannot be read or written',
    remedy: 'Check the disk or the network drive, and resume the run.',
  },
  ESTALE: {
    code: 'disk-error',
    text: 'The network drive has lost a file',
    remedy: 'Check the network drive, and resume the run.',
  },
};

/** An error of the system in words; undefined if it is another one, or tells a user nothing. */
export function systemError(error: unknown): FacecomError | undefined {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  if (code === 'ENOENT' && (error as NodeJS.ErrnoException).syscall === 'uv_cwd')
    return new FacecomError('folder-gone', 'The folder that facecom was started in is not there any more.', {
      remedy:
        'Start it in a folder that is there: one that was made anew under the same name has to be entered again.',
      exitCode: 2,
      cause: error,
    });
  if (code === 'ERR_MODULE_NOT_FOUND') return missingPackage(String(message));
  if (typeof code !== 'string' || !Object.hasOwn(known, code)) return undefined;
  const { text, remedy, ...rest } = known[code]!;
  return new FacecomError(rest.code, `${text}: ${message}.`, { remedy, cause: error });
}
