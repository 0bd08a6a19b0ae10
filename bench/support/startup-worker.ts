import { locateOneDnn, locateTensorFlow } from '../../src/install/index.ts';
import { NetworkLearner } from '../../src/model/index.ts';
import { loadLibrary } from '../../src/tensor/native/library.ts';
import { loadOneDnn } from '../../src/tensor/onednn/library.ts';
import { benchLearner } from './learner.ts';

async function main(): Promise<void> {
  const backend = process.argv[2] === 'onednn' ? 'onednn' : 'tensorflow';
  const found = backend === 'onednn' ? locateOneDnn() : locateTensorFlow();
  if (!found) throw new Error(`${backend} is not installed: run \`facecom setup\`.`);
  let started = performance.now();
  if (backend === 'onednn') loadOneDnn(found.dir);
  else loadLibrary(found.dir);
  const load = (performance.now() - started) / 1000;
  started = performance.now();
  const learner = await benchLearner({
    backbone: 'resnet50',
    size: 112,
    precision: 'float32',
    resources: { device: 'cpu', backend },
    identities: 877,
  });
  if (learner instanceof NetworkLearner) learner.prepare(16);
  const trace = (performance.now() - started) / 1000;
  learner.dispose();
  console.log(JSON.stringify({ load, trace }));
}

await main();
