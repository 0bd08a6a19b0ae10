import { FacecomError } from '../base/errors.ts';
import type { BackendName, Runtime } from './runtime.ts';

export type {
  BackendName,
  CompiledStep,
  Runtime,
  StepContext,
  StepFunction,
  StepInput,
  StepOutput,
  Variable,
} from './runtime.ts';

export interface RuntimeOptions {
  /** `auto`: native TensorFlow where it is installed, else wasm. */
  backend: 'auto' | BackendName;
  /** `auto`, `cpu` or `gpu:<index>`. */
  device: string;
  precision: 'float32' | 'bfloat16';
  /** Seed of the random streams within steps. */
  seed: number;
  /** Threads within an op; 0: one a core. */
  threads: number;
  /**
   * Variables keep the values that they have when a step first reads them, in this process: the native library then lays filters
   * out for its kernels once in place of at every run.
   */
  frozen?: boolean;
}

/** Opens a backend: the public face of this folder. Throws FacecomError where what was asked for is not there. */
export async function openRuntime(options: RuntimeOptions): Promise<Runtime> {
  const { locateTensorFlow } = await import('../install/index.ts');
  const found =
    options.backend === 'auto' || options.backend === 'tensorflow' ? locateTensorFlow() : undefined;
  const backend = options.backend === 'auto' ? (found ? 'tensorflow' : 'wasm') : options.backend;
  const gpu = /^gpu:(\d+)$/.exec(options.device)?.[1];
  switch (backend) {
    case 'tensorflow': {
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
      if (gpu !== undefined && backend !== 'webgpu') {
        throw new FacecomError(
          'no-gpu',
          `The backend ${backend} has no GPU, and resources.device is ${options.device}.`,
          {
            exitCode: 2,
            remedy: 'Run `facecom setup` for native TensorFlow, or set resources.device to auto or cpu.',
          },
        );
      }
      const { openEager } = await import('./eager-backends.ts');
      return openEager(backend, options);
    }
  }
}

export { Session } from './graph/session.ts';
export type { NativeLibrary } from './native/library.ts';
export { openNative, wantsGpu } from './native/open.ts';
export { batchNorm } from './ops/batch-norm.ts';
export { biasAdd } from './ops/bias-add.ts';
export { conv2d } from './ops/conv2d.ts';
export { maxPool } from './ops/max-pool.ts';
export { relu } from './ops/relu.ts';
export { choosePrecision } from './precision.ts';
