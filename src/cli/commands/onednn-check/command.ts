import { Command } from 'commander';

/** `facecom onednn-check`: loads oneDNN and runs a step, for a parent that must survive it. Not for people. */
export function command(): Command {
  return new Command('onednn-check')
    .option('--json', 'print one JSON document')
    .option('--measure', 'measure which precision a run would choose')
    .action(async ({ measure }: { measure?: boolean }) => {
      const started = performance.now();
      const found = await load();
      const seconds = (performance.now() - started) / 1000;
      const precision = measure ? await choose() : undefined;
      process.stdout.write(`${JSON.stringify({ ...found, seconds, precision })}\n`);
    });
}

async function choose() {
  const { choosePrecision } = await import('../../../tensor/index.ts');
  return choosePrecision({ backend: 'onednn', device: 'cpu', threads: 0, precision: 'auto' });
}

async function load() {
  const { FacecomError } = await import('../../../base/errors.ts');
  const { openRuntime } = await import('../../../tensor/index.ts');
  const { loadedOneDnn } = await import('../../../tensor/index.ts');
  const tf = await import('@tensorflow/tfjs-core');
  const runtime = await openRuntime({
    ...{ backend: 'onednn', device: 'cpu', precision: 'float32', seed: 0, threads: 1 },
  });
  const step = runtime.compile('check', ({ a }) => ({ b: tf.matMul(a!, a!) }));
  const { b } = await step.run({
    a: { shape: [2, 2], dtype: 'float32', values: Float32Array.of(1, 1, 0, 1) },
  });
  if (Array.from(b!.values).join() !== '1,2,0,1') {
    throw new FacecomError('onednn-damaged', 'oneDNN computes a wrong product.', {
      found: Array.from(b!.values).join(),
      expected: '1,2,0,1',
      remedy: 'Run `facecom setup --force` to install it again.',
    });
  }
  return { version: runtime.version, isa: loadedOneDnn()!.isa };
}
