import { join } from 'node:path';
import { Worker } from './worker.ts';

export interface OursOptions {
  backbone: string;
  batch: number;
  /** Pixels on a side. */
  size: number;
  precision: 'auto' | 'float32' | 'bfloat16';
  evaluate?: boolean;
  backend?: 'tensorflow' | 'wasm' | 'webgpu';
  device?: string;
}

/** What facecom's worker says of itself when its first step is done. */
export interface OursReady {
  backend: string;
  device: string;
  precision: 'float32' | 'bfloat16';
  precisionReason: string;
  versions: Record<string, string>;
  compiled?: { traced: number; lowered: number; milliseconds: number };
}

/** Starts facecom's side of a step (or of inference) and runs it once, which compiles it. */
export async function startOurs(options: OursOptions): Promise<{ worker: Worker; ready: OursReady }> {
  const worker = new Worker(`facecom ${options.precision}`, [
    process.execPath,
    '--import',
    'tsx',
    join(import.meta.dirname, 'step-worker.ts'),
    JSON.stringify({ backend: 'tensorflow', ...options }),
  ]);
  try {
    return { worker, ready: await worker.ready<OursReady>() };
  } catch (error) {
    await worker.stop();
    throw error;
  }
}
