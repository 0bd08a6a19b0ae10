import { FacecomError } from '../base/errors.ts';
import { chooseBackend } from './backend.ts';
import type { Runtime, RuntimeOptions } from './runtime.ts';

export type { GraphFormat } from './export/index.ts';
export type {
  BackendName,
  CompiledStep,
  ProgramLine,
  Runtime,
  RuntimeOptions,
  StepContext,
  StepFunction,
  StepInput,
  StepOutput,
  Variable,
} from './runtime.ts';

/** Opens a backend: the public face of this folder. Throws FacecomError if what was asked for is not there. */
export async function openRuntime(options: RuntimeOptions): Promise<Runtime> {
  const { locateOneDnn, locateTensorFlow } = await import('../install/index.ts');
  const { backend } = await chooseBackend(options);
  const gpu = /^gpu:(\d+)$/.exec(options.device)?.[1];
  switch (backend) {
    case 'onednn': {
      if (gpu !== undefined) throw withoutGpu(backend, options.device);
      const { openOneDnn } = await import('./onednn/open.ts');
      return openOneDnn(locateOneDnn(), options);
    }
    case 'tensorflow': {
      const found = locateTensorFlow();
      if (!found) {
        throw new FacecomError('tensorflow-missing', 'Native TensorFlow is not installed.', {
          exitCode: 2,
          remedy: 'Run `facecom setup`, or set resources.backend to wasm.',
        });
      }
      const { openNative } = await import('./native/open.ts');
      return openNative(found, options, gpu === undefined ? undefined : Number(gpu));
    }
    default: {
      if (gpu !== undefined && backend !== 'webgpu') throw withoutGpu(backend, options.device);
      const { openEager } = await import('./eager-backends.ts');
      return openEager(backend, options);
    }
  }
}

export { chooseBackend } from './backend.ts';
export { Session } from './graph/session.ts';
export { wantsGpu } from './native/gpu.ts';
export type { NativeLibrary } from './native/library.ts';
export { openNative } from './native/open.ts';
export { loadedOneDnn } from './onednn/library.ts';
export {
  batchNorm,
  biasAdd,
  conv2d,
  depthwiseConv2d,
  maxPool,
  relu,
  stopGradient,
  withoutGradient,
} from './ops/index.ts';
export { choosePrecision } from './precision.ts';
export { preloadBackend } from './preload.ts';

function withoutGpu(backend: string, device: string): FacecomError {
  return new FacecomError('no-gpu', `The backend ${backend} has no GPU, and resources.device is ${device}.`, {
    exitCode: 2,
    remedy: 'Run `facecom setup` for native TensorFlow, or set resources.device to auto or cpu.',
  });
}
