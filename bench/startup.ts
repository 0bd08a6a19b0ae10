import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { bundle } from './support/bundle.ts';
import type { BenchContext } from './support/context.ts';
import { CPU, ourVariables } from './support/device.ts';

// What a run waits for before its first step, seconds: native TensorFlow loads, ResNet-50's training step is traced and compiled.

const LIMITS = { load: 2, trace: 0.5 };

export async function run(context: BenchContext): Promise<void> {
  const { load, trace } = await context.alternate(context.rounds(5), {
    load: async () => (await measure()).load,
    trace: async () => (await measure()).trace,
  });
  for (const [name, { median, values }] of Object.entries({ load, trace })) {
    context.report({
      case:
        name === 'load'
          ? 'load native TensorFlow'
          : "trace and compile ResNet-50's training step, open its session",
      ours: median,
      peer: LIMITS[name as keyof typeof LIMITS],
      unit: 's',
      better: 'lower',
      against: 'the limit',
      rounds: values.length,
    });
  }
}

/** In a process of its own: a library loads once a process. */
async function measure(): Promise<{ load: number; trace: number }> {
  const child = spawn(process.execPath, [await bundle('startup-worker')], {
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
