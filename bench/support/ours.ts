import { bundle } from './bundle.ts';
import type { Target } from './context.ts';
import { ourVariables } from './device.ts';
import { Worker } from './worker.ts';

export interface OursOptions {
  backbone: string;
  batch: number;
  /** Pixels on a side. */
  size: number;
  precision: 'auto' | 'float32' | 'bfloat16';
  evaluate?: boolean;
  memory?: 'fast' | 'lean';
  /** Of its library; as many as a run's trainer has where left out. */
  threads?: number;
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

/** Starts facecom's side of a step (or of inference), as a run starts a trainer, and runs it once, which compiles it. */
export async function startOurs(
  { threads, ...options }: OursOptions,
  { device, backend }: Target,
): Promise<{ worker: Worker; ready: OursReady }> {
  const worker = new Worker(
    `facecom ${backend} ${options.precision}`,
    [
      process.execPath,
      await bundle('step-worker'),
      JSON.stringify({ ...options, backend, device: device.name }),
    ],
    { env: { ...ourVariables(device), ...(threads ? { FACECOM_THREADS: String(threads) } : {}) } },
  );
  try {
    return { worker, ready: await worker.ready<OursReady>() };
  } catch (error) {
    await worker.stop();
    throw error;
  }
}
