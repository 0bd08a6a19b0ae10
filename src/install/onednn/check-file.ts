import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { missingBytes } from '../../base/elf.ts';
import { FacecomError } from '../../base/errors.ts';

export const ONEDNN_LIBRARY = 'libdnnl.so.3';

/** Beside it where it was built by Intel's compiler, in an order in which they find one another. */
export const INTEL_LIBRARIES = [
  'libintlc.so.5',
  'libimf.so',
  'libsvml.so',
  'libirng.so',
  'libiomp5.so',
] as const;

/** The ABI that the engine calls: the library's major version. */
export const ONEDNN_ABI = 3;

/**
 * The library's file in a folder, looked at without loading it. Throws FacecomError `onednn-missing` if it is absent, and
 * `onednn-damaged` if it is no shared library or truncated.
 */
export function oneDnnFile(folder: string): string {
  const file = join(folder, ONEDNN_LIBRARY);
  if (!existsSync(file)) {
    throw new FacecomError('onednn-missing', `oneDNN is not in ${folder}.`, {
      expected: ONEDNN_LIBRARY,
      remedy: 'Run `facecom setup`, or correct FACECOM_ONEDNN_DIR.',
      exitCode: 2,
    });
  }
  const missing = missingBytes(file);
  if (missing === 0) return file;
  throw oneDnnDamaged(
    file,
    missing === undefined ? 'no shared library' : `${missing} bytes are missing at its end`,
  );
}

/** FacecomError `onednn-damaged`: what was found of a library that cannot be used. */
export function oneDnnDamaged(file: string, found: string, cause?: unknown): FacecomError {
  const absent = /(lib[\w.+-]+\.so[\w.]*): cannot open shared object file/.exec(found)?.[1];
  return new FacecomError('onednn-damaged', `oneDNN in ${file} cannot be used.`, {
    found,
    expected: `a build of oneDNN ${ONEDNN_ABI} for CPUs with the C API`,
    remedy: absent
      ? `The library ${absent} is missing on this machine: install it, or set resources.backend to tensorflow.`
      : 'Run `facecom setup --force`, or correct FACECOM_ONEDNN_DIR.',
    exitCode: 2,
    cause,
  });
}
