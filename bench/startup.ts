import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { bundle } from './support/bundle.ts';
import type { BenchContext } from './support/context.ts';
import { CPU, ourVariables } from './support/device.ts';

// What a run waits for before its first step, seconds: the library loads, ResNet-50's training step is traced and compiled.

const LIMITS = { tensorflow: { load: 2, trace: 0.5 }, onednn: { load: 0.1, trace: 0.4 } };

export async function run(context: BenchContext): Promise<void> {
  const { backend } = context.target;
  if (backend === 'webgpu') throw new Error('The bench startup is for --backend onednn and tensorflow.');
  const { load, trace } = await context.alternate(context.rounds(5), {
    load: async () => (await measure(backend)).load,
    trace: async () => (await measure(backend)).trace,
  });
  for (const [name, { median, values }] of Object.entries({ load, trace })) {
    context.report({
      case: name === 'load' ? `load ${backend}` : `${backend}: trace and compile ResNet-50's training step`,
      ours: median,
      peer: LIMITS[backend][name as 'load' | 'trace'],
      unit: 's',
      better: 'lower',
      against: 'the limit',
      rounds: values.length,
    });
  }
}

/** In a process of its own: a library loads once a process. */
async function measure(backend: string): Promise<{ load: number; trace: number }> {
  const child = spawn(process.execPath, [await bundle('startup-worker'), backend], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...ourVariables(CPU) },
  });
  let [said, errors] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text) => {
    said += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    errors += text;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(errors);
  return JSON.parse(said.trim().split('\n').at(-1)!);
}
