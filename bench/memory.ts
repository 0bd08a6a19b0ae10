import type { BenchContext } from './support/context.ts';
import { memoryHeld, memoryOfProcess } from './support/device.ts';
import { startOurs } from './support/ours.ts';
import { place, precisionsOn, shapesOn } from './support/shapes.ts';
import { nameOf, noteAbsent, secondsOf, startTorch, torchPython, type Variant } from './support/torch.ts';
import type { Worker } from './support/worker.ts';

// Peak memory of a process that trains ResNet-50 with two heads and Adam for six steps, MB: resident memory on the CPU, on a GPU
// what the process holds of the GPU's. The least of PyTorch's ways in the same precision is the peer.

const STEPS = 5;
const MEGABYTE = 1e6;

export async function run(context: BenchContext): Promise<void> {
  const python = await torchPython(context);
  const { target } = context;
  const { device } = target;
  for (const shape of shapesOn(target)) {
    for (const precision of precisionsOn(target, ['bfloat16', 'float32'])) {
      const network = shape.backbone === 'resnet50' ? '' : `${shape.backbone} `;
      const name = `${place(target)}peak memory ${network}${shape.batch} × ${shape.size}², ${precision}`;
      if (!context.wants(name)) continue;
      const ours = await peakOf(
        context,
        async () => (await startOurs({ ...shape, precision }, target)).worker,
      );
      const peers: Array<{ variant: Variant; peak: Peak }> = [];
      for (const channelsLast of [true, false]) {
        const variant: Variant = { compile: false, precision, channelsLast };
        try {
          const peak = await peakOf(context, () => startTorch(python, shape, variant, { device }));
          peers.push({ variant, peak });
        } catch (error) {
          noteAbsent(context, variant, error);
        }
      }
      const [least] = peers.sort((a, b) => a.peak.bytes - b.peak.bytes);
      context.report({
        case: name,
        ours: ours.bytes / MEGABYTE,
        peer: least && least.peak.bytes / MEGABYTE,
        unit: 'MB',
        better: 'lower',
        against: least && nameOf(least.variant),
        rounds: 1,
        ...(device.gpu ? { details: { counted: { ours: ours.of, peer: least?.peak.of } } } : {}),
      });
    }
  }
}

interface Peak {
  bytes: number;
  /** What was counted on a GPU. */
  of?: string;
}

/** Trains a few steps in a process of its own. */
async function peakOf(context: BenchContext, start: () => Promise<Worker>): Promise<Peak> {
  const { device } = context.target;
  const before = device.gpu ? await memoryHeld(device) : 0;
  const worker = await start();
  try {
    await secondsOf(worker, STEPS);
    if (!device.gpu) return { bytes: (await worker.ask<{ peak: number }>({ memory: true })).peak };
    const found = await memoryOfProcess(device, worker.pid, before);
    if (found.of !== 'the process') context.note('  nvidia-smi does not name the process here');
    return found;
  } finally {
    await worker.stop();
  }
}
