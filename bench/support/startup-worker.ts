import { NetworkLearner, openLearner } from '../../src/model/index.ts';
import { loadLibrary } from '../../src/tensor/native/library.ts';
import { locateTensorFlow } from '../../src/tensor/native/locate.ts';

async function main(): Promise<void> {
  const found = locateTensorFlow();
  if (!found) throw new Error('Native TensorFlow is not installed: run `facecom setup`.');
  let started = performance.now();
  loadLibrary(found.dir);
  const load = (performance.now() - started) / 1000;
  started = performance.now();
  const learner = await openLearner(
    {
      data: { image_size: 112 },
      model: {
        backbone: 'resnet50',
        heads: { gender: { hidden: 512, dropout: 0.5 }, identity: { hidden: 1024, dropout: 0.5 } },
      },
      loss: { alpha: 0.3, beta: 0.7, label_smoothing: 0 },
      optimizer: { name: 'adam', lr: 1e-3, weight_decay: 0, betas: [0.9, 0.999], epsilon: 1e-8 },
      train: { accumulation: 1, precision: 'float32', clip: 0, ema: 0 },
      resources: { device: 'cpu', backend: 'tensorflow' },
    },
    { identities: 877, seed: 0, libraryThreads: Number(process.env.FACECOM_THREADS) || undefined },
  );
  if (learner instanceof NetworkLearner) learner.prepare(16);
  const trace = (performance.now() - started) / 1000;
  learner.dispose();
  console.log(JSON.stringify({ load, trace }));
}

await main();
