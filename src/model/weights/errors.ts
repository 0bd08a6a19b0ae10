import { FacecomError } from '../../base/errors.ts';

/** Half a file, or no weights file at all. */
export function damaged(file: string, why: string, cause?: unknown): FacecomError {
  return new FacecomError('weights-damaged', `The weights ${file} cannot be read: ${why}.`, {
    place: { file },
    expected: 'a safetensors file, or a state dict that torch.save wrote',
    remedy: 'Download or export it again.',
    exitCode: 2,
    ...(cause === undefined ? {} : { cause }),
  });
}
