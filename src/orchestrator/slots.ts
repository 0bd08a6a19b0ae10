import { FacecomError } from '../base/errors.ts';
import { parseBytes } from '../base/format.ts';
import type { Gpu } from '../machine/index.ts';
import { readState } from '../record/index.ts';
import type { Experiment } from '../spec/index.ts';

/** A place where one trial runs at a time. */
export interface Slot {
  /** From 0. */
  index: number;
  /** As the record and identities name it: `cpu`, `gpu:0`. */
  devices: string[];
  /** What CUDA_VISIBLE_DEVICES names; undefined leaves it as it is, empty hides every GPU. */
  visible?: string[];
  /** Cores for its trainer. */
  threads: number;
  /** Other trials run on its GPU at the same time. */
  shared?: boolean;
}

export interface MachineFacts {
  gpus: readonly Gpu[];
  cores: number;
  /** Bytes that trials may use together. */
  memory: number;
  /** CUDA_VISIBLE_DEVICES of this process: the GPUs that it may use, whatever else runs on them. */
  visible?: string;
}

export interface SlotOptions {
  resources: Experiment['resources'];
  /** The trainer can use a GPU. */
  usesGpu: boolean;
  /** `--max-parallel`; 0: as many as there is room for. */
  maxParallel: number;
  /** More slots than trials are of no use. */
  trials: number;
  /** The most bytes that a trial was measured to need. */
  measured?: { memory?: number; gpuMemory?: number };
}

export interface SlotPlan {
  slots: Slot[];
  /** What is reported once: GPUs that are left out, and why. */
  notes: string[];
}

/** What a trainer on the CPU is taken to need where `resources.memory` does not say: ResNet-50 at batch 16 × 112² takes 1.3 GB. */
const CPU_TRIAL_MEMORY = 1.5e9;

/**
 * Where trials run. On GPUs: one trial a GPU, `resources.gpus` of them, or several on one where that is a fraction; those that others
 * compute on are left out unless `resources.device` or CUDA_VISIBLE_DEVICES names them. Else on the CPU: a trial a core (cores
 * train more images apart than together), as the memory allows, and the cores divided among them.
 * Throws FacecomError `no-gpu`, `resources-gpus` or `resources-memory` (exit code 2).
 */
export function planSlots(machine: MachineFacts, options: SlotOptions): SlotPlan {
  const notes: string[] = [];
  const { resources } = options;
  const named = /^gpu:(\d+)$/.exec(resources.device)?.[1];
  const wanted = options.usesGpu && resources.device !== 'cpu' && resources.gpus > 0;
  const devices = wanted ? chooseDevices(machine, named, notes) : [];
  if (wanted && named !== undefined && devices.length === 0) throw noGpu(machine, named);
  if (wanted && named === undefined && devices.length === 0 && machine.gpus.length > 0) {
    throw new FacecomError('no-gpu', 'Every GPU of this machine is in use.', {
      found: notes.join(' '),
      remedy:
        'Wait until one is free, name one with resources.device or CUDA_VISIBLE_DEVICES, or set resources.device to cpu.',
      exitCode: 2,
    });
  }
  // One GPU is what there may be; more are asked for by who knows that there are.
  if (devices.length === 0 && resources.gpus > 1 && resources.device !== 'cpu')
    throw tooFewGpus(0, resources.gpus);
  const gpus = shareOf(machine, devices, options);
  const places = devices.length > 0 ? gpuPlaces(devices, gpus) : cpuPlaces(machine, options);
  if (gpus < resources.gpus)
    notes.push(
      `${Math.round(1 / gpus)} trials run on each GPU, by the memory that one was measured to need.`,
    );
  const byMemory =
    devices.length > 0 && resources.memory === undefined ? places.length : memoryLimit(machine, options);
  const byCores =
    resources.cpus > 0 ? Math.max(1, Math.floor(machine.cores / resources.cpus)) : places.length;
  const limits = [places.length, byMemory, byCores, options.trials];
  if (options.maxParallel > 0) limits.push(options.maxParallel);
  else if (resources.max_parallel > 0) limits.push(resources.max_parallel);
  const count = Math.max(1, Math.min(...limits));
  const threads = resources.cpus || Math.max(1, Math.floor(machine.cores / count));
  const slots = places.slice(0, count).map((place, index) => ({ index, ...place, threads }));
  return { slots, notes };
}

interface Device {
  /** `gpu:0`, or `gpu:0/1g.10gb` of a slice. */
  name: string;
  uuid: string;
}

function chooseDevices(machine: MachineFacts, named: string | undefined, notes: string[]): Device[] {
  const { visible } = machine;
  const allowed = visible === undefined ? undefined : visible.split(',').map((part) => part.trim());
  const chosen: Device[] = [];
  for (const gpu of machine.gpus) {
    const name = `gpu:${gpu.index}`;
    if (named !== undefined && String(gpu.index) !== named) continue;
    const parts: Device[] =
      gpu.mig.length > 0
        ? gpu.mig.map(({ uuid, profile }) => ({ name: `${name}/${profile}`, uuid }))
        : [{ name, uuid: gpu.uuid }];
    const seen = parts.filter(({ uuid }) => isAllowed(allowed, gpu, uuid));
    if (seen.length === 0) continue;
    const busy = named === undefined && allowed === undefined ? whyBusy(gpu) : undefined;
    if (busy) notes.push(`${name} is left out: ${busy}.`);
    else chosen.push(...seen);
  }
  return chosen;
}

/** As CUDA reads it: indices, UUIDs or their first characters. */
function isAllowed(allowed: string[] | undefined, gpu: Gpu, uuid: string): boolean {
  if (!allowed) return true;
  return allowed.some(
    (part) =>
      part !== '' && (part === String(gpu.index) || uuid.startsWith(part) || gpu.uuid.startsWith(part)),
  );
}

/** Used by programs that are seen, or by some in other containers, which only the memory tells of. */
function whyBusy({ processes, memoryUsed, memoryTotal, mig }: Gpu): string | undefined {
  if (mig.length > 0) return undefined;
  const [first] = processes;
  if (first) return `process ${first.pid} (${first.name}) computes on it`;
  if (memoryUsed > memoryTotal * 0.1)
    return `${(memoryUsed / 2 ** 30).toFixed(1)} GiB of its memory are in use`;
  return undefined;
}

/** Trials on one GPU at most, and the part of its memory that they are given. */
const PACK = { trials: 16, part: 0.9 };

/** GPUs a trial: as the spec says or, where trials are to be packed, the part of one that fits into the memory of the smallest. */
function shareOf(
  { gpus }: MachineFacts,
  devices: readonly Device[],
  { resources, measured }: SlotOptions,
): number {
  const need = measured?.gpuMemory;
  if (!resources.pack || resources.gpus !== 1 || need === undefined || need <= 0) return resources.gpus;
  const own = gpus.filter(({ uuid }) => devices.some((device) => device.uuid === uuid));
  // A slice is cut to size already.
  if (own.length < devices.length) return resources.gpus;
  const least = Math.min(...own.map(({ memoryTotal }) => memoryTotal));
  return 1 / Math.max(1, Math.min(PACK.trials, Math.floor((least * PACK.part) / need)));
}

function gpuPlaces(devices: readonly Device[], gpus: number): Pick<Slot, 'devices' | 'visible' | 'shared'>[] {
  if (gpus < 1) {
    const shares = Math.floor(1 / gpus + 1e-9);
    // Each device once before any twice.
    return Array.from({ length: shares }, () => devices).flatMap((all) =>
      all.map(({ name, uuid }) => ({
        devices: [name],
        visible: [uuid],
        ...(shares > 1 ? { shared: true } : {}),
      })),
    );
  }
  if (!Number.isInteger(gpus)) {
    throw new FacecomError('resources-gpus', 'A trial can have a part of a GPU or whole ones.', {
      found: `resources.gpus: ${gpus}`,
      expected: 'a number below 1, or a whole number',
      exitCode: 2,
    });
  }
  if (gpus > devices.length) {
    throw tooFewGpus(devices.length, gpus);
  }
  return Array.from({ length: Math.floor(devices.length / gpus) }, (_, i) => {
    const own = devices.slice(i * gpus, (i + 1) * gpus);
    return { devices: own.map(({ name }) => name), visible: own.map(({ uuid }) => uuid) };
  });
}

function cpuPlaces({ cores }: MachineFacts, { resources }: SlotOptions) {
  const hidden = resources.device === 'cpu' || resources.gpus === 0;
  return Array.from({ length: cores }, () => ({ devices: ['cpu'], ...(hidden ? { visible: [] } : {}) }));
}

function memoryLimit({ memory }: MachineFacts, { resources, measured }: SlotOptions): number {
  const { memory: wanted } = resources;
  if (wanted === undefined)
    return Math.max(1, Math.floor(memory / Math.max(CPU_TRIAL_MEMORY, (measured?.memory ?? 0) / PACK.part)));
  const fits = Math.floor(memory / parseBytes(wanted));
  if (fits >= 1) return fits;
  throw new FacecomError('resources-memory', 'A trial asks for more memory than this machine has.', {
    found: `resources.memory: ${wanted}`,
    expected: `at most ${(memory / 1e9).toFixed(1)} GB`,
    remedy: 'Lower resources.memory.',
    exitCode: 2,
  });
}

const tooFewGpus = (free: number, wanted: number): FacecomError =>
  new FacecomError('no-gpu', 'A trial asks for more GPUs than this machine has free.', {
    found: `${free} of ${wanted}`,
    remedy:
      'Lower resources.gpus, or set resources.device to cpu; facecom doctor lists the GPUs that can be used.',
    exitCode: 2,
  });

function noGpu({ gpus }: MachineFacts, index: string): FacecomError {
  const names = gpus.map((gpu) => `gpu:${gpu.index} (${gpu.name})`).join(', ');
  return new FacecomError('no-gpu', `This machine has no GPU ${index}.`, {
    found: names || 'nvidia-smi lists none',
    expected: `gpu:${index}`,
    remedy: 'Set resources.device to auto, or to a GPU of this machine; facecom doctor lists them.',
    exitCode: 2,
  });
}

/**
 * The threads of a run on a slot: those that it was first started with, if it is resumed. Another number would round sums in another
 * order, and the run would not end with the bits of an undisturbed one.
 */
export function threadsOf(runDir: string, { threads }: Pick<Slot, 'threads'>): number {
  return readState(runDir).findLast((entry) => entry.threads !== undefined)?.threads ?? threads;
}
