import { FacecomError } from '../../base/errors.ts';
import type { OneDnnPlace } from '../../install/index.ts';
import type { RuntimeOptions } from '../runtime.ts';
import { loadOneDnn } from './library.ts';
import { OneDnnRuntime } from './runtime.ts';

/** Opens the engine on the CPU. Throws FacecomError `onednn-missing` if there is no library, and as `loadOneDnn` does. */
export function openOneDnn(
  place: OneDnnPlace | undefined,
  options: Pick<RuntimeOptions, 'seed' | 'precision' | 'threads' | 'frozen' | 'lean'>,
): OneDnnRuntime {
  if (!place) {
    throw new FacecomError('onednn-missing', 'The engine oneDNN is not installed.', {
      exitCode: 2,
      remedy: 'Run `facecom setup`, or set resources.backend to tensorflow.',
    });
  }
  return new OneDnnRuntime(loadOneDnn(place.dir, options.threads), options);
}
