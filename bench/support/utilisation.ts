import { spawn } from 'node:child_process';
import type { Device } from './device.ts';

/** Watches a GPU while `work` runs: percent of each second in which it computed, as nvidia-smi samples it. */
export async function watched<T>({ gpu }: Device, work: () => Promise<T>, seen: number[]): Promise<T> {
  if (!gpu) return work();
  const query = ['--query-gpu=utilization.gpu', '--format=csv,noheader,nounits', '-l', '1'];
  const child = spawn('nvidia-smi', ['-i', String(gpu.index), ...query], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  // Without it there is nothing to tell.
  child.on('error', () => {});
  try {
    return await work();
  } finally {
    child.kill();
    // The first line is about the second before.
    const lines = text.split('\n').slice(1, -1).map(Number);
    seen.push(...lines.filter(Number.isFinite));
  }
}
