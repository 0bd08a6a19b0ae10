import { FacecomError } from '../base/errors.ts';
import { shown } from './shown.ts';
import type { Walk } from './walk.ts';

/** Throws if images of a folder are links out of it, or no regular files. */
export function refuseLinks(folder: string, { outside, special }: Walk): void {
  if (outside.length > 0)
    throw new FacecomError(
      'data-path-escape',
      'The folder holds links to what lies outside of it, or to nothing.',
      {
        place: { file: folder },
        found: shown(outside),
        expected: 'files of the folder',
        remedy: 'Copy the images into the folder, or name the folder that they lie in as data.path.',
        exitCode: 2,
      },
    );
  if (special.length > 0)
    throw new FacecomError('data-picture-special', 'There are images by name that are no regular files.', {
      place: { file: folder },
      found: shown(special),
      expected: 'regular files, not pipes, sockets or devices',
      remedy: 'Remove them.',
      exitCode: 2,
    });
}
