import type { RuntimeOptions } from '../index.ts';
import { loadOneDnn } from './library.ts';
import { OneDnnRuntime } from './runtime.ts';

/** Opens the engine on the CPU. Throws FacecomError as `loadOneDnn` does. */
export function openOneDnn(
  found: { dir: string },
  options: Pick<RuntimeOptions, 'seed' | 'precision' | 'threads' | 'frozen'>,
): OneDnnRuntime {
  return new OneDnnRuntime(loadOneDnn(found.dir), options);
}
