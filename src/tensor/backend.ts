import { FacecomError } from '../base/errors.ts';
import type { BackendName, RuntimeOptions } from './runtime.ts';

export interface BackendChoice {
  backend: BackendName;
  /** Why it is not the one that `auto` would have taken first. */
  note?: string;
}

/**
 * The backend that computes: the one that was named or, for `auto`, TensorFlow for a GPU, else oneDNN, which is loaded to see
 * whether it can be used, else TensorFlow, else wasm. What a run that is continued `began` with comes first where it is still there.
 */
export async function chooseBackend({
  backend,
  device,
  began,
  threads,
}: Pick<RuntimeOptions, 'backend' | 'device'> & {
  began?: string | undefined;
  threads?: number;
}): Promise<BackendChoice> {
  if (backend !== 'auto') return { backend };
  const { locateOneDnn, locateTensorFlow } = await import('../install/index.ts');
  const tensorflow = locateTensorFlow();
  if (began === 'wasm' || (began === 'tensorflow' && tensorflow)) return { backend: began };
  const { wantsGpu } = await import('./native/gpu.ts');
  const place = wantsGpu(device) ? undefined : locateOneDnn();
  let note = began === 'tensorflow' ? 'TensorFlow, which the run began with, is not installed.' : undefined;
  if (place) {
    const { loadOneDnn } = await import('./onednn/library.ts');
    try {
      loadOneDnn(place.dir, threads);
      return { backend: 'onednn', ...(note ? { note } : {}) };
    } catch (error) {
      if (!(error instanceof FacecomError)) throw error;
      note = `${error.message}${error.found ? ` (${error.found})` : ''}`;
    }
  }
  return { backend: tensorflow ? 'tensorflow' : 'wasm', ...(note ? { note } : {}) };
}
