import { createInterface } from 'node:readline';
import { readExperiment } from '../../src/spec/index.ts';
import { expandSweep } from '../../src/sweep/index.ts';

// facecom's side of bench/peers/expand.py: expands, checks and identifies the trials of a spec at each request.

const spec = await readExperiment(process.argv[2]!);
console.log(JSON.stringify({ ready: true }));
for await (const _ of createInterface({ input: process.stdin })) {
  const started = performance.now();
  const { trials } = expandSweep(spec, { dataHash: () => 'known' });
  console.log(JSON.stringify({ seconds: (performance.now() - started) / 1000, trials: trials.length }));
}
