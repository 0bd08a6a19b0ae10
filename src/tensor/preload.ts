import { locateOneDnn, locateTensorFlow } from '../install/index.ts';
import { wantsGpu } from './native/gpu.ts';

/**
 * Loads the modules and the library of the backend that `auto` stands for, without touching a device. oneDNN itself is loaded with
 * its run, in milliseconds: how its threads wait follows from what the machine does then.
 */
export async function preloadBackend(): Promise<void> {
  const tensorflow = locateTensorFlow();
  if (locateOneDnn() && !wantsGpu('auto')) await import('./onednn/open.ts');
  else if (tensorflow) {
    const [{ loadLibrary }] = await Promise.all([import('./native/library.ts'), import('./native/open.ts')]);
    loadLibrary(tensorflow.dir);
  } else await import('./eager-backends.ts');
}
