import { listGpus, peakMemory } from '../../../machine/index.ts';
import type { Slot } from '../../../orchestrator/index.ts';
import type { Environment, Event, PreflightRun } from '../../../record/index.ts';
import type { Experiment } from '../../../spec/index.ts';
import type { Signals } from '../../reporter.ts';
import { trainAside } from '../../train-aside.ts';
import { sizeOf } from './corners.ts';

/** Optimizer steps of a preflight: the first one builds, the others tell. */
export const STEPS = 3;

export interface MeasureOptions {
  config: Experiment;
  environment: Environment;
  slot: Slot;
  /** Kind of the slot's device. */
  device: string;
  cwd: string;
  signals: Signals;
  /** Bytes that the trainer may have resident. */
  limit: number;
}

/** The first steps of a trial: whether they fit, and what they took. A trial that fails otherwise fits, and says why. */
export async function measure(options: MeasureOptions): Promise<PreflightRun> {
  const { config, environment, slot, device, cwd, signals, limit } = options;
  let memory: number | undefined;
  const gpu = watchGpu(slot);
  return trainAside(
    {
      ...{ config, environment, cwd, signals },
      // What TensorFlow takes of a GPU by itself says nothing of what it needs.
      slot: { ...slot, shared: true },
      steps: STEPS,
      look: (pid) => {
        memory = peakMemory(pid) ?? memory;
        gpu.look(pid);
      },
    },
    ({ outcome, events }) => {
      const gpuMemory = gpu.most();
      const failure = outcome.status === 'failed' ? outcome.failure : undefined;
      // Nobody else ends it: a trainer that is killed was ended by the system for want of memory, in containers without a word of its own.
      const short = failure?.class === 'oom' || failure?.class === 'killed';
      const fits = !short && (memory ?? 0) <= limit;
      return {
        time: Date.now(),
        device,
        ...sizeOf(config),
        fits,
        ...timesOf(events, config.train.epochs),
        ...(memory === undefined ? {} : { memory_bytes: memory }),
        ...(gpuMemory === undefined ? {} : { gpu_memory_bytes: gpuMemory }),
        ...(failure ? { message: failure.message } : {}),
      };
    },
  );
}

/** From the times of the events, each of which is written as its step ends. */
function timesOf(
  events: readonly Event[],
  epochs: number,
): Pick<PreflightRun, 'steps' | 'start_seconds' | 'step_seconds' | 'epoch_steps'> {
  const steps = events.filter((event) => event.type === 'progress' && event.stage === 'train');
  const [first] = steps;
  if (first?.type !== 'progress') return { steps: 0 };
  const begun = events[0]!.time;
  const seconds = steps.slice(1).map(({ time }, i) => (time - steps[i]!.time) / 1000);
  return {
    steps: steps.length,
    start_seconds: Math.max(0, (first.time - begun) / 1000),
    ...(seconds.length > 0 ? { step_seconds: Math.max(0, Math.min(...seconds)) } : {}),
    epoch_steps: Math.max(1, Math.round(first.total / epochs)),
  };
}

/** The most that a process was seen to have on its GPU; of the driver's word on the whole device if it tells of no process. */
function watchGpu({ visible = [] }: Slot): { look(pid: number): void; most(): number | undefined } {
  const [uuid] = visible;
  let most: number | undefined;
  let before: number | undefined;
  let looking = false;
  return {
    look: (pid) => {
      if (uuid === undefined || looking) return;
      looking = true;
      void listGpus().then((gpus) => {
        looking = false;
        const gpu = gpus.find((one) => one.uuid === uuid || one.mig.some((slice) => slice.uuid === uuid));
        if (!gpu) return;
        before ??= gpu.memoryUsed;
        const own = gpu.processes.find((process) => process.pid === pid)?.memory;
        most = Math.max(most ?? 0, own ?? gpu.memoryUsed - before);
      });
    },
    most: () => (most === undefined || most <= 0 ? undefined : most),
  };
}
