import { openRuntime } from '../../../src/tensor/index.ts';
import { smallNet, train } from './small-net.ts';

// Three steps on the WebGPU backend: `node --import tsx train-webgpu.ts adam` prints losses and variables as JSON.

const optimizer = process.argv[2] as 'adam' | 'momentum';
const options = { device: 'auto', precision: 'float32', seed: 1, threads: 0 } as const;
const runtime = await openRuntime({ ...options, backend: 'webgpu' });
const { losses, values } = await train(runtime, smallNet(optimizer, { ema: 0.9 }), 3);
const lists = Object.fromEntries(Object.entries(values).map(([name, data]) => [name, Array.from(data)]));
runtime.dispose();
process.stdout.write(`${JSON.stringify({ losses, values: lists })}\n`, () => process.exit());
