import { FacecomError } from '../../src/base/errors.ts';
import { type Gpu, listGpus, usableCores } from '../../src/machine/index.ts';
import { trainerEnvironment } from '../../src/orchestrator/trainer-environment.ts';

/** Where both sides of a bench compute. */
export interface Device {
  /** As `resources.device` names it. */
  name: string;
  /** Undefined on the CPU. */
  gpu?: { index: number; uuid: string };
}

export const CPU: Device = { name: 'cpu' };

/** Finds `cpu` or `gpu:<index>`, as nvidia-smi numbers GPUs; of a GPU that is cut into slices the first slice. */
export async function findDevice(name: string): Promise<Device> {
  if (name === CPU.name) return CPU;
  const gpus = await listGpus();
  const gpu = gpus.find(({ index }) => name === `gpu:${index}`);
  if (gpu) return { name, gpu: { index: gpu.index, uuid: gpu.mig[0]?.uuid ?? gpu.uuid } };
  const listed = gpus.map(({ index }) => `gpu:${index}`).join(', ') || 'none';
  throw new FacecomError('no-gpu', `There is no ${name}: nvidia-smi lists ${listed}.`, {
    remedy: 'Give --device cpu, or a GPU that is listed.',
    exitCode: 2,
  });
}

/** The variables that a run's trainer gets on this device. */
export const ourVariables = ({ gpu }: Device) =>
  trainerEnvironment({ visible: gpu ? [gpu.uuid] : [], threads: usableCores() });

/** The variables that show a peer the same GPU as its first. */
export const peerVariables = ({ gpu }: Device): Record<string, string> =>
  gpu ? { CUDA_VISIBLE_DEVICES: gpu.uuid, CUDA_DEVICE_ORDER: 'PCI_BUS_ID' } : {};

/** What a GPU holds, bytes; of every process on it. */
export async function memoryHeld({ gpu }: Device): Promise<number> {
  return gpuOf(await listGpus(), gpu)?.memoryUsed ?? 0;
}

export interface GpuMemory {
  /** Bytes. */
  bytes: number;
  /** Who was counted. */
  of: 'the process' | 'the GPU, less what it held before';
}

/** What a process holds of a GPU. In containers nvidia-smi often names no process: then what the GPU holds more than `before`. */
export async function memoryOfProcess(
  { gpu }: Device,
  pid: number | undefined,
  before: number,
): Promise<GpuMemory> {
  const found = gpuOf(await listGpus(), gpu);
  const bytes = found?.processes.find((one) => one.pid === pid)?.memory;
  if (bytes !== undefined) return { bytes, of: 'the process' };
  return { bytes: (found?.memoryUsed ?? 0) - before, of: 'the GPU, less what it held before' };
}

const gpuOf = (gpus: readonly Gpu[], gpu: Device['gpu']): Gpu | undefined =>
  gpus.find(({ index }) => index === gpu?.index);
