import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface MigSlice {
  /** What CUDA_VISIBLE_DEVICES takes, `MIG-…`. */
  uuid: string;
  /** Such as `1g.10gb`. */
  profile: string;
}

export interface GpuProcess {
  pid: number;
  name: string;
  /** Bytes; undefined if the driver does not tell. */
  memory?: number;
}

/** An NVIDIA GPU of this machine. */
export interface Gpu {
  index: number;
  /** `GPU-…`, which stays the same where indices change. */
  uuid: string;
  name: string;
  /** Bytes. */
  memoryTotal: number;
  /** Bytes. */
  memoryUsed: number;
  /** Programs that compute on it now; those of other containers are not seen. */
  processes: GpuProcess[];
  driver: string;
  /** Empty unless it is cut into slices. */
  mig: MigSlice[];
}

const MIB = 1 << 20;
const TIMEOUT = 20_000; // ms: a driver that wakes up takes seconds

/** The GPUs that nvidia-smi lists, by their index; none if there is no nvidia-smi or it fails. */
export async function listGpus(): Promise<Gpu[]> {
  const fields = 'index,uuid,name,memory.total,memory.used,driver_version,mig.mode.current';
  const table = await smi([`--query-gpu=${fields}`, '--format=csv,noheader,nounits']);
  if (table === undefined) return [];
  const rows = rowsOf(table).filter(([index, uuid]) => /^\d+$/.test(index ?? '') && uuid);
  if (rows.length === 0) return [];
  const [apps, slices] = await Promise.all([
    smi(['--query-compute-apps=gpu_uuid,pid,process_name,used_memory', '--format=csv,noheader,nounits']),
    rows.some((row) => row[6] === 'Enabled') ? smi(['-L']) : undefined,
  ]);
  const processes = processesOf(apps ?? '');
  const mig = slicesOf(slices ?? '');
  return rows
    .map(([index, uuid, name, total, used, driver]) => ({
      index: Number(index),
      uuid: uuid!,
      name: name ?? 'NVIDIA GPU',
      memoryTotal: mebibytes(total) ?? 0,
      memoryUsed: mebibytes(used) ?? 0,
      processes: processes.get(uuid!) ?? [],
      driver: driver ?? '',
      mig: mig.get(uuid!) ?? [],
    }))
    .sort((a, b) => a.index - b.index);
}

/** How busy a GPU is. */
export interface GpuUsage {
  index: number;
  /** Percent of the time. */
  busy?: number;
  /** Bytes. */
  used?: number;
  total?: number;
  watts?: number;
}

let usage: { asked: number; answer: Promise<GpuUsage[]> } | undefined;
const FRESH = 2000; // milliseconds: trials at the same time ask once

/** How busy the GPUs are; none if there is no nvidia-smi or it fails. */
export function gpuUsage(): Promise<GpuUsage[]> {
  if (usage && performance.now() - usage.asked < FRESH) return usage.answer;
  const fields = 'index,utilization.gpu,memory.used,memory.total,power.draw';
  const answer = smi([`--query-gpu=${fields}`, '--format=csv,noheader,nounits']).then((table) =>
    rowsOf(table ?? '').flatMap(([index, busy, used, total, watts]) =>
      /^\d+$/.test(index ?? '')
        ? [
            {
              index: Number(index),
              busy: Number.parseFloat(busy ?? ''),
              used: mebibytes(used),
              total: mebibytes(total),
              watts: Number.parseFloat(watts ?? ''),
            },
          ]
        : [],
    ),
  );
  usage = { asked: performance.now(), answer };
  return answer;
}

async function smi(args: string[]): Promise<string | undefined> {
  try {
    return (await run('nvidia-smi', args, { timeout: TIMEOUT, maxBuffer: 16 << 20 })).stdout;
  } catch {
    return undefined;
  }
}

const rowsOf = (table: string): string[][] =>
  table
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => line.split(',').map((cell) => cell.trim()));

/** `[N/A]` and the like are undefined. */
function mebibytes(text: string | undefined): number | undefined {
  const value = Number.parseFloat(text ?? '');
  return Number.isFinite(value) ? value * MIB : undefined;
}

function processesOf(table: string): Map<string, GpuProcess[]> {
  const found = new Map<string, GpuProcess[]>();
  for (const cells of rowsOf(table)) {
    const [uuid, pid] = cells;
    if (!uuid || !/^\d+$/.test(pid ?? '')) continue;
    const memory = mebibytes(cells.at(-1));
    // A name may hold commas.
    const name = cells.slice(2, -1).join(', ');
    const list = found.get(uuid) ?? [];
    list.push({ pid: Number(pid), name, ...(memory === undefined ? {} : { memory }) });
    found.set(uuid, list);
  }
  return found;
}

/**
 * Of `nvidia-smi -L`:
 *
 *     GPU 0: NVIDIA H100 80GB HBM3 (UUID: GPU-…)
 *       MIG 1g.10gb     Device  0: (UUID: MIG-…)
 */
function slicesOf(list: string): Map<string, MigSlice[]> {
  const found = new Map<string, MigSlice[]>();
  let slices: MigSlice[] = [];
  for (const line of list.split('\n')) {
    const gpu = /^GPU \d+:.*\(UUID: (GPU-[\w-]+)\)/.exec(line);
    if (gpu) {
      slices = [];
      found.set(gpu[1]!, slices);
      continue;
    }
    const slice = /^\s+MIG\s+(\S+)\s+Device\s+\d+:\s+\(UUID: (MIG-[^)]+)\)/.exec(line);
    if (slice) slices.push({ uuid: slice[2]!, profile: slice[1]! });
  }
  return found;
}
