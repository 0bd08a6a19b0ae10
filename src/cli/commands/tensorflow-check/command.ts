import { Command } from 'commander';
import type { NativeLibrary } from '../../../tensor/index.ts';

/** `facecom tensorflow-check`: loads native TensorFlow and runs an op, for a parent that must survive it. Not for people. */
export function command(): Command {
  return new Command('tensorflow-check')
    .option('--json', 'print one JSON document')
    .option('--measure', 'measure which precision a run would choose')
    .action(async ({ measure }: { measure?: boolean }) => {
      const started = performance.now();
      const tensorflow = await load();
      const seconds = (performance.now() - started) / 1000;
      const precision = measure ? await choose() : undefined;
      process.stdout.write(`${JSON.stringify({ ...tensorflow, seconds, precision })}\n`);
    });
}

/** What a run that leaves the choice to the program computes on, and in what. */
async function choose() {
  const { choosePrecision } = await import('../../../tensor/index.ts');
  const { wantsGpu } = await import('../../../tensor/index.ts');
  const device = wantsGpu('auto') ? 'gpu:0' : 'cpu';
  return {
    device,
    ...(await choosePrecision({ backend: 'tensorflow', device, threads: 0, precision: 'auto' })),
  };
}

async function load() {
  const { FacecomError } = await import('../../../base/errors.ts');
  const { locateTensorFlow } = await import('../../../install/index.ts');
  const { openNative } = await import('../../../tensor/index.ts');
  const tf = await import('@tensorflow/tfjs-core');
  const place = locateTensorFlow();
  if (!place)
    throw new FacecomError('tensorflow-missing', 'Native TensorFlow is not installed.', { exitCode: 2 });
  // On the CPU, which every wheel has; the devices are listed by a session that may see the GPUs.
  const options = { backend: 'tensorflow', precision: 'float32', seed: 0, threads: 1 } as const;
  const runtime = openNative(place, { ...options, device: 'cpu' }, undefined);
  const step = runtime.compile('check', ({ a }) => ({ b: tf.matMul(a!, a!) }));
  const { b } = await step.run({
    a: { shape: [2, 2], dtype: 'float32', values: Float32Array.of(1, 1, 0, 1) },
  });
  if (Array.from(b!.values).join() !== '1,2,0,1') {
    throw new FacecomError('tensorflow-damaged', 'Native TensorFlow computes a wrong product.', {
      found: Array.from(b!.values).join(),
      expected: '1,2,0,1',
      remedy: 'Run `facecom setup --force` to install it again.',
    });
  }
  return { version: runtime.version, devices: await devices(runtime) };
}

/** ConfigProto {gpu_options {allow_growth: true}}: every GPU, without taking its memory. */
const ALL_DEVICES = Uint8Array.of(0x32, 0x02, 0x20, 0x01);

async function devices({ library }: { library: NativeLibrary }) {
  const { Session } = await import('../../../tensor/index.ts');
  const session = new Session(library.api, ALL_DEVICES);
  try {
    return session.devices();
  } finally {
    session.dispose();
  }
}
