import { availableParallelism } from 'node:os';
import type { RewriteName } from '../graph/lower/index.ts';
import { NativeRuntime } from '../graph/native-runtime.ts';
import type { RuntimeOptions } from '../runtime.ts';
import { hasGpu } from './gpu.ts';
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
    ...(options.replicas === undefined ? {} : { replicas: options.replicas }),
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
