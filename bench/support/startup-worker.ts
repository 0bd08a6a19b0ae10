import { locateTensorFlow } from '../../src/install/tensorflow/locate.ts';
import { NetworkLearner } from '../../src/model/index.ts';
import { loadLibrary } from '../../src/tensor/native/library.ts';
import { benchLearner } from './learner.ts';

async function main(): Promise<void> {
  const found = locateTensorFlow();
  if (!found) throw new Error('Native TensorFlow is not installed: run `facecom setup`.');
  let started = performance.now();
  loadLibrary(found.dir);
  const load = (performance.now() - started) / 1000;
  started = performance.now();
  const learner = await benchLearner({
    backbone: 'resnet50',
    size: 112,
    precision: 'float32',
    resources: { device: 'cpu', backend: 'tensorflow' },
    identities: 877,
  });
  if (learner instanceof NetworkLearner) learner.prepare(16);
  const trace = (performance.now() - started) / 1000;
  learner.dispose();
  console.log(JSON.stringify({ load, trace }));
}

await main();
