import type { TestContext } from 'node:test';
import { locateOneDnn } from '../../../src/install/onednn/locate.ts';
import { locateTensorFlow } from '../../../src/install/tensorflow/locate.ts';
import type { RewriteName } from '../../../src/tensor/graph/lower/index.ts';
import type { NativeRuntime } from '../../../src/tensor/graph/native-runtime.ts';
import { openNative } from '../../../src/tensor/native/open.ts';
import { openOneDnn } from '../../../src/tensor/onednn/open.ts';
import type { OneDnnRuntime } from '../../../src/tensor/onednn/runtime.ts';
import type { Runtime, StepFunction, StepInput } from '../../../src/tensor/runtime.ts';

export interface NativeOptions {
  precision?: 'float32' | 'bfloat16';
  seed?: number;
  threads?: number;
  rewrites?: readonly RewriteName[];
  frozen?: boolean;
}

/** Native TensorFlow on the CPU, closed after the test. */
export function native(
  t: Pick<TestContext, 'after'>,
  { precision = 'float32', seed = 1, threads = 1, rewrites, frozen }: NativeOptions = {},
): NativeRuntime {
  const options = {
    backend: 'tensorflow',
    device: 'cpu',
    precision,
    seed,
    threads,
    rewrites,
    frozen,
  } as const;
  const runtime = openNative(locateTensorFlow()!, options, undefined);
  t.after(() => runtime.dispose());
  return runtime;
}

export type Outputs = Record<string, number[]>;

/** Outputs of a step that is run once. */
export async function outputsOf(
  runtime: Pick<Runtime, 'compile'>,
  fn: StepFunction,
  inputs: Record<string, StepInput>,
  step = 1,
): Promise<Outputs> {
  const found = await runtime.compile('step', fn).run(inputs, step);
  return Object.fromEntries(Object.entries(found).map(([name, { values }]) => [name, Array.from(values)]));
}

/** The engine oneDNN, closed after the test. */
export function onednn(
  t: Pick<TestContext, 'after'>,
  { precision = 'float32', seed = 1, threads = 1, frozen, lean }: NativeOptions & { lean?: boolean } = {},
): OneDnnRuntime {
  const runtime = openOneDnn(locateOneDnn(), { precision, seed, threads, frozen, lean });
  t.after(() => runtime.dispose());
  return runtime;
}
