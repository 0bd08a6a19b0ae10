import * as tf from '@tensorflow/tfjs-core';
import { EagerRuntime } from './eager-runtime.ts';

/** Opens one of tfjs's own backends, which execute op by op. */
const open = {
  wasm: async () => (await import('./wasm/index.ts')).openWasm(),
  webgpu: async () => (await import('./webgpu/index.ts')).openWebgpu(),
  cpu: async () => {
    await import('@tensorflow/tfjs-backend-cpu');
    await tf.setBackend('cpu');
  },
};

export async function openEager(
  backend: keyof typeof open,
  options: { seed: number },
): Promise<EagerRuntime> {
  await open[backend]();
  return new EagerRuntime(backend, { seed: options.seed, device: backend === 'webgpu' ? 'gpu:0' : 'cpu' });
}
