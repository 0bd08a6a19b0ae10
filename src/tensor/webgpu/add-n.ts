import * as tf from '@tensorflow/tfjs-core';

/** Storage buffers that every WebGPU device has for a shader (WebGPU, "Limits"), less the one for the result. */
const AT_ONCE = 7;

/** Sums many tensors a few at a time: tfjs's kernel binds all of them to one shader, which is refused, and nothing is summed. */
export function splitSums(): void {
  const { kernelFunc } = tf.getKernel(tf.AddN, 'webgpu')!;
  tf.unregisterKernel(tf.AddN, 'webgpu');
  tf.registerKernel({
    kernelName: tf.AddN,
    backendName: 'webgpu',
    kernelFunc: (call) => {
      const tensors = call.inputs as unknown as tf.Tensor[];
      if (tensors.length <= AT_ONCE) return kernelFunc(call);
      return tf.tidy(() => {
        const groups = Math.ceil(tensors.length / AT_ONCE);
        return tf.addN(
          Array.from({ length: groups }, (_, i) => tf.addN(tensors.slice(i * AT_ONCE, (i + 1) * AT_ONCE))),
        );
      });
    },
  });
}
