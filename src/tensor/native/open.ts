import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { locateTensorFlow } from '../../install/index.ts';
import type { RewriteName } from '../graph/lower/index.ts';
import { NativeRuntime } from '../graph/native-runtime.ts';
import type { RuntimeOptions } from '../runtime.ts';
import { loadLibrary } from './library.ts';

/** Opens native TensorFlow on the CPU, or on a GPU by its index among the visible ones. */
export function openNative(
  found: { dir: string; kind: 'cpu' | 'cuda' },
  options: RuntimeOptions & { rewrites?: readonly RewriteName[] },
  gpu: number | undefined,
): NativeRuntime {
  freeze(options.frozen ?? false);
  const library = loadLibrary(found.dir);
  const threads = options.threads || availableParallelism();
  return new NativeRuntime(library, {
    intraOpThreads: threads,
    interOpThreads: threads,
    gpu: gpu ?? (options.device === 'auto' && found.kind === 'cuda' && hasGpu() ? 0 : undefined),
    seed: options.seed,
    precision: options.precision,
    rewrites: options.rewrites,
    frozen: options.frozen,
  });
}

let frozenProcess: boolean | undefined;

/** The library reads the setting once, for the whole process. */
function freeze(frozen: boolean): void {
  if (frozenProcess !== undefined && frozenProcess !== frozen)
    throw new Error('Native runtimes with frozen and with changing variables cannot share a process.');
  frozenProcess = frozen;
  process.env.TF_ONEDNN_ASSUME_FROZEN_WEIGHTS = frozen ? '1' : '0';
}

/** Whether a run on this device is one on a GPU: asked for, or `auto` where the CUDA build and a GPU are there. */
export function wantsGpu(device: string): boolean {
  if (device === 'auto') return locateTensorFlow()?.kind === 'cuda' && hasGpu();
  return device.startsWith('gpu');
}

/** Whether CUDA may see a GPU: CUDA_VISIBLE_DEVICES names one or is not set, and the driver is loaded. */
function hasGpu(): boolean {
  const visible = process.env.CUDA_VISIBLE_DEVICES;
  if (visible !== undefined && (visible === '' || visible === '-1')) return false;
  return (
    existsSync('/dev/nvidiactl') || existsSync('/proc/driver/nvidia/version') || process.platform === 'win32'
  );
}
