import { createInterface } from 'node:readline';
import { Random } from '../../src/base/random.ts';
import { peakMemory } from '../../src/machine/index.ts';
import { NetworkLearner } from '../../src/model/index.ts';
import { benchLearner } from './learner.ts';

// facecom's side of bench/peers/step.py: the same requests, the same answers.
// node --import tsx step-worker.ts '{"backbone": "resnet50", "batch": 16, "size": 112, "precision": "bfloat16"}'

interface Options {
  backbone: 'resnet18' | 'resnet50';
  batch: number;
  size: number;
  precision: 'auto' | 'float32' | 'bfloat16';
  identities?: number;
  evaluate?: boolean;
  memory?: 'fast' | 'lean';
  backend?: 'auto' | 'tensorflow' | 'wasm' | 'webgpu' | 'cpu';
  device?: string;
}

const answer = (value: object) => console.log(JSON.stringify(value));

async function open(options: Options) {
  const identities = options.identities ?? 877;
  const learner = await benchLearner({
    ...options,
    identities,
    resources: {
      device: process.env.FACECOM_DEVICE ?? options.device ?? 'cpu',
      backend: options.backend ?? 'auto',
    },
    // As `facecom evaluate` does.
    frozen: options.evaluate,
  });
  const { batch, size } = options;
  const random = new Random(1, 'bench');
  const images = Uint8Array.from({ length: batch * size * size * 3 }, () => random.bits() >>> 24);
  const gender = Int8Array.from({ length: batch }, (_, i) => i % 2);
  const identity = Int32Array.from({ length: batch }, (_, i) => (i * 7) % identities);
  let step = 0;
  const run = async () => {
    if (options.evaluate) return (await learner.evaluate({ images, size: batch })).gender[0]!;
    step++;
    return (await learner.trainStep({ images, gender, identity, size: batch }, { lr: 1e-3, step })).loss;
  };
  return { learner, run };
}

async function main(options: Options) {
  const { learner, run } = await open(options);
  const started = performance.now();
  const compiled =
    learner instanceof NetworkLearner && !options.evaluate ? learner.prepare(options.batch) : undefined;
  const compileSeconds = (performance.now() - started) / 1000;
  const loss = await run();
  const { backend, device, precision, precisionReason, versions } = learner;
  answer({
    ready: true,
    loss,
    backend,
    device,
    precision,
    precisionReason,
    versions,
    compiled,
    compileSeconds,
  });
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line) as { steps?: number };
    if (request.steps === undefined) {
      answer({ peak: peakMemory() ?? process.resourceUsage().maxRSS * 1024 });
      continue;
    }
    const seconds: number[] = [];
    for (let i = 0; i < request.steps; i++) {
      const begun = performance.now();
      await run();
      seconds.push((performance.now() - begun) / 1000);
    }
    answer({ seconds });
  }
  learner.dispose();
}

try {
  await main(JSON.parse(process.argv[2] ?? '{}') as Options);
} catch (error) {
  answer({
    error:
      error instanceof Error
        ? `${error.message} ${(error as { remedy?: string }).remedy ?? ''}`.trim()
        : String(error),
  });
}
