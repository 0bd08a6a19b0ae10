import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem, type } from 'node:os';

const features = ['avx2', 'avx512f', 'avx512_bf16', 'amx_bf16'];

/** The machine in a line: processor, cores, what it can do with bfloat16, memory, system, Node. */
export function describeMachine(): string {
  const model = cpus()[0]?.model.trim() || 'unknown processor';
  const found = cpuFlags().filter((flag) => features.includes(flag));
  const parts = [
    `${availableParallelism()} × ${model}${found.length > 0 ? ` (${found.join(', ')})` : ''}`,
    `${Math.round(totalmem() / 2 ** 30)} GiB`,
    `${type()} ${process.arch}`,
    `Node ${process.version.slice(1)}`,
    ...gpus(),
  ];
  return parts.join(', ');
}

function cpuFlags(): string[] {
  try {
    return /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1]?.trim().split(' ') ?? [];
  } catch {
    return [];
  }
}

/** What bench/gpu.sh found with nvidia-smi. */
function gpus(): string[] {
  return process.env.FACECOM_BENCH_GPU ? [process.env.FACECOM_BENCH_GPU] : [];
}
