import { readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { cpus } from 'node:os';
import { gpuUsage } from './nvidia-smi.ts';
import { availableMemory, totalMemory } from './resources.ts';

const MB = 1e6;

/** The time that the machine's cores have worked and idled so far, in milliseconds. */
export interface CpuTimes {
  busy: number;
  all: number;
}

export function cpuTimes(): CpuTimes {
  let busy = 0;
  let all = 0;
  for (const { times } of cpus()) {
    const sum = times.user + times.nice + times.sys + times.idle + times.irq;
    all += sum;
    busy += sum - times.idle;
  }
  return { busy, all };
}

/**
 * How busy the machine is, by the names under which MLflow shows it: cores since `before`, memory, the disk of a folder, GPUs, and the
 * memory of a process. What cannot be told is left out.
 */
export async function machineUsage(
  before: CpuTimes,
  { folder, pid }: { folder: string; pid?: number },
): Promise<Record<string, number>> {
  const now = cpuTimes();
  const [gpus, disk] = await Promise.all([gpuUsage(), statfs(folder).catch(() => undefined)]);
  const used = Math.max(0, totalMemory() - availableMemory());
  const values: Record<string, number | undefined> = {
    cpu_utilization_percentage:
      now.all > before.all ? (100 * (now.busy - before.busy)) / (now.all - before.all) : undefined,
    system_memory_usage_megabytes: used / MB,
    system_memory_usage_percentage: (100 * used) / totalMemory(),
    trainer_memory_usage_megabytes: pid === undefined ? undefined : residentMemory(pid),
    ...(disk && {
      disk_usage_megabytes: ((disk.blocks - disk.bfree) * disk.bsize) / MB,
      disk_usage_percentage: (100 * (disk.blocks - disk.bfree)) / disk.blocks,
      disk_available_megabytes: (disk.bavail * disk.bsize) / MB,
    }),
  };
  for (const { index, ...gpu } of gpus) {
    values[`gpu_${index}_utilization_percentage`] = gpu.busy;
    values[`gpu_${index}_memory_usage_megabytes`] = gpu.used === undefined ? undefined : gpu.used / MB;
    values[`gpu_${index}_memory_usage_percentage`] =
      gpu.used === undefined || !gpu.total ? undefined : (100 * gpu.used) / gpu.total;
    values[`gpu_${index}_power_usage_watts`] = gpu.watts;
  }
  const known = Object.entries(values).filter(([, value]) => Number.isFinite(value)) as [string, number][];
  return Object.fromEntries(known.map(([name, value]) => [name, Math.round(value * 10) / 10]));
}

/** Megabytes; Linux only. */
function residentMemory(pid: number): number | undefined {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : (Number(kilobytes) * 1024) / MB;
  } catch {
    return undefined;
  }
}
