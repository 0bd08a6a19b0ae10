import { readFileSync } from 'node:fs';
import { availableParallelism, freemem, totalmem } from 'node:os';

/** Cores that this process may use: those of the machine, fewer where its affinity or its container's quota says so. */
export function usableCores(): number {
  const quota = cpuQuota();
  const cores = availableParallelism();
  return quota === undefined ? cores : Math.max(1, Math.min(cores, Math.ceil(quota)));
}

/** cgroup v2's cpu.max, or v1's quota and period, in cores. */
function cpuQuota(): number | undefined {
  const [quota, period] = (text('/sys/fs/cgroup/cpu.max') ?? '').split(' ');
  const v1 = [text('/sys/fs/cgroup/cpu/cpu.cfs_quota_us'), text('/sys/fs/cgroup/cpu/cpu.cfs_period_us')];
  const cores = period === undefined ? Number(v1[0]) / Number(v1[1]) : Number(quota) / Number(period);
  return Number.isFinite(cores) && cores > 0 ? cores : undefined;
}

/** Bytes that programs may use in all: the machine's, or the container's limit. */
export function totalMemory(): number {
  const limit = cgroupMemory();
  return limit === undefined ? totalmem() : Math.min(totalmem(), limit.max);
}

/** Bytes that a new program can have now without anything being swapped out. */
export function availableMemory(): number {
  const line = /^MemAvailable:\s+(\d+) kB/m.exec(text('/proc/meminfo') ?? '');
  const machine = line ? Number(line[1]) * 1024 : freemem();
  const limit = cgroupMemory();
  return limit === undefined ? machine : Math.min(machine, Math.max(0, limit.max - limit.used));
}

function cgroupMemory(): { max: number; used: number } | undefined {
  const max = Number(text('/sys/fs/cgroup/memory.max'));
  const current = Number(text('/sys/fs/cgroup/memory.current'));
  if (!Number.isFinite(max) || max <= 0 || !Number.isFinite(current)) return undefined;
  // The page cache is given back when it is needed.
  const cache = /^inactive_file (\d+)/m.exec(text('/sys/fs/cgroup/memory.stat') ?? '');
  return { max, used: current - Number(cache?.[1] ?? 0) };
}

function text(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}
