import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';

/** The values of a tensor in WebAssembly's memory, not copied. Valid until the next allocation. */
export function view(tensor: tf.TensorInfo): Float32Array {
  return (tf.backend() as BackendWasm).typedArrayFromHeap(tensor) as Float32Array;
}

/** A tensor of zeros; tfjs's own `makeOutput` leaves what was in the memory. */
export const zeros = (shape: number[]): tf.Tensor => tf.zeros(shape);

/** Puts a kernel of ours in the place of tfjs's, or where it has none. */
export function register(kernelName: string, kernelFunc: tf.KernelFunc): void {
  if (tf.getKernel(kernelName, 'wasm')) tf.unregisterKernel(kernelName, 'wasm');
  tf.registerKernel({ kernelName, backendName: 'wasm', kernelFunc });
}
