import { join } from 'node:path';
import type { BenchContext } from './context.ts';
import { CPU, type Device, peerVariables } from './device.ts';
import { median } from './rounds.ts';
import { Worker } from './worker.ts';

/** Pinned, so that a figure names what it was measured against. */
export const TORCH = ['torch==2.15.0', 'torchvision==0.29.2', 'numpy==2.4.6'] as const;

export interface Variant {
  compile: boolean;
  precision: 'float32' | 'bfloat16';
  channelsLast: boolean;
}

export interface Shape {
  backbone: string;
  batch: number;
  /** Pixels on a side. */
  size: number;
}

/** Every way of running a step in PyTorch that is measured. */
export const variants: Variant[] = [true, false].flatMap((compile) =>
  (['float32', 'bfloat16'] as const).flatMap((precision) =>
    [true, false].map((channelsLast) => ({ compile, precision, channelsLast })),
  ),
);

export const nameOf = ({ compile, precision, channelsLast }: Variant): string =>
  [compile ? 'torch.compile' : 'torch eager', precision, channelsLast ? 'channels_last' : 'contiguous'].join(
    ' ',
  );

export async function torchPython(context: BenchContext): Promise<string> {
  return context.pythonEnvironment('bench-torch', TORCH);
}

export interface TorchOptions {
  evaluate?: boolean;
  /** The CPU where left out. */
  device?: Device;
}

/** Starts PyTorch with a variant of a step (or of inference) and runs it once, which compiles it. */
export async function startTorch(
  python: string,
  shape: Shape,
  variant: Variant,
  { evaluate, device = CPU }: TorchOptions = {},
): Promise<Worker> {
  const args = [
    join(import.meta.dirname, '../peers/step.py'),
    ...['--backbone', shape.backbone, '--batch', String(shape.batch), '--size', String(shape.size)],
    ...['--precision', variant.precision, '--device', device.gpu ? 'cuda' : 'cpu'],
    ...(variant.compile ? ['--compile'] : []),
    ...(variant.channelsLast ? ['--channels-last'] : []),
    ...(evaluate ? ['--evaluate'] : []),
  ];
  const worker = new Worker(nameOf(variant), [python, ...args], { env: peerVariables(device) });
  try {
    await worker.ready();
    return worker;
  } catch (error) {
    await worker.stop();
    throw error;
  }
}

/** Median seconds of a few steps. */
export async function secondsOf(worker: Worker, steps: number): Promise<number> {
  return median((await worker.ask<{ seconds: number[] }>({ steps })).seconds);
}

/** Tries each variant by itself, fastest first; a variant that does not run here is named and left out. */
export async function survey(
  context: BenchContext,
  python: string,
  shape: Shape,
  candidates: readonly Variant[],
  options: TorchOptions = {},
): Promise<Array<{ variant: Variant; seconds: number }>> {
  const found: Array<{ variant: Variant; seconds: number }> = [];
  for (const variant of candidates) {
    let worker: Worker | undefined;
    try {
      worker = await startTorch(python, shape, variant, options);
      await worker.ask({ steps: 2 });
      const seconds = Math.min(await secondsOf(worker, 3), await secondsOf(worker, 3));
      found.push({ variant, seconds });
      context.note(`  ${nameOf(variant)}: ${(shape.batch / seconds).toFixed(1)} img/s`);
    } catch (error) {
      noteAbsent(context, variant, error);
    } finally {
      await worker?.stop();
    }
  }
  return found.sort((a, b) => a.seconds - b.seconds);
}

/** A way of PyTorch's that fails is left out, and named. */
export function noteAbsent(context: BenchContext, variant: Variant, error: unknown): void {
  context.note(`  ${nameOf(variant)} does not run here: ${error instanceof Error ? error.message : error}`);
}
