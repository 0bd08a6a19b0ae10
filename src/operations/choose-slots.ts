import { listGpus, totalMemory, usableCores } from '../machine/index.ts';
import { planSlots, type Slot, type SlotOptions, type SlotPlan } from '../orchestrator/index.ts';
import type { Experiment } from '../spec/index.ts';
import type { Prepared } from './prepare.ts';

/** Where trials run on this machine. Throws as planSlots does. */
export async function chooseSlots(
  { resources }: Experiment,
  { builtin, cuda }: Pick<Prepared, 'builtin' | 'cuda'>,
  { maxParallel, trials, measured }: Pick<SlotOptions, 'maxParallel' | 'trials' | 'measured'>,
): Promise<SlotPlan & { gpus: Awaited<ReturnType<typeof listGpus>> }> {
  const gpus = await listGpus();
  const machine = {
    gpus,
    cores: usableCores(),
    memory: totalMemory(),
    visible: process.env.CUDA_VISIBLE_DEVICES,
  };
  const usesGpu = gpus.length > 0 && (!builtin || cuda);
  const plan = planSlots(machine, { resources, usesGpu, maxParallel, trials, measured });
  if (builtin && !cuda && gpus.length > 0 && resources.device === 'auto' && resources.backend !== 'wasm')
    plan.notes.push(
      'There is a GPU, but no TensorFlow for it: trials run on the CPU. `facecom setup` installs it.',
    );
  return { ...plan, gpus };
}

/** Where a single run runs, and what is to be said of it. */
export async function chooseSlot(
  config: Experiment,
  prepared: Prepared,
): Promise<{ slot: Slot; notes: string[] }> {
  const { slots, notes } = await chooseSlots(config, prepared, { maxParallel: 1, trials: 1 });
  return { slot: slots[0]!, notes };
}
