import * as tf from '@tensorflow/tfjs-core';
import { FacecomError } from '../../base/errors.ts';
import { registerConvolutionGradients } from './conv2d-gradients.ts';
import { registerDepthwiseGradients } from './depthwise-gradients.ts';

/**
 * Makes tfjs's WebAssembly backend, with the gradient kernels that it lacks, the current one.
 * It runs on one thread: Node refuses the shared memory that its threaded build asks for.
 */
export async function openWasm(): Promise<void> {
  const { version_wasm } = await import('@tensorflow/tfjs-backend-wasm');
  registerConvolutionGradients();
  registerDepthwiseGradients();
  const opened = await tf.setBackend('wasm').catch(() => false);
  // tfjs falls back to another backend where one does not start.
  if (opened && tf.getBackend() === 'wasm') return;
  throw new FacecomError('wasm-unavailable', `tfjs's WebAssembly backend ${version_wasm} does not start.`, {
    found: `the backend ${tf.getBackend() || 'none'}`,
    exitCode: 2,
    remedy:
      'Install facecom again (its .wasm files may be missing), or run `facecom setup` for native TensorFlow.',
  });
}
