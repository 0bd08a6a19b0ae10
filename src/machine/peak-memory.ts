import { readFileSync } from 'node:fs';

/** Peak resident memory of a process in bytes, from /proc (VmHWM); undefined if there is no /proc. */
export function peakMemory(pid: number | 'self' = 'self'): number | undefined {
  try {
    const found = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return found === undefined ? undefined : Number(found) * 1024;
  } catch {
    return undefined;
  }
}
