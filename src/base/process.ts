import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** A process as the record names it. The number alone says little: the system gives it to another process later. */
export interface ProcessMark {
  pid: number;
  /** Name of the machine that it runs on. */
  host?: string;
  /** Differs between two processes that had the same number: boot and start time. Opaque. */
  process?: string;
}

/** `unknown`: it is on another machine, or the record does not say which process it was. */
export type Liveness = 'alive' | 'ended' | 'unknown';

/** What tells a process of this machine from every other, for the record. */
export function markProcess(pid: number = process.pid): ProcessMark {
  const identity = identify(pid);
  return { pid, host: hostname(), ...(typeof identity === 'string' ? { process: identity } : {}) };
}

/** Whether the very process that was marked still runs; one that has ended and was not yet waited for does not. */
export function liveness(mark: ProcessMark): Liveness {
  if (mark.host !== undefined && mark.host !== hostname()) return 'unknown';
  const identity = identify(mark.pid);
  if (identity === 'none') return 'ended';
  if (identity === undefined || mark.process === undefined) return 'unknown';
  return identity === mark.process ? 'alive' : 'ended';
}

/** Undefined where this system does not tell. */
function identify(pid: number): string | 'none' | undefined {
  if (!Number.isInteger(pid) || pid <= 0) return 'none';
  return process.platform === 'linux' ? identifyByProc(pid) : identifyByPs(pid);
}

let bootId: string | undefined;

/** Boot, and the time of the start in ticks since then: proc_pid_stat(5), field 22. */
function identifyByProc(pid: number): string | 'none' | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name, in brackets, may hold spaces and brackets itself.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return 'none';
    bootId ??= readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    return `${bootId}:${fields[19]}`;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ESRCH' ? 'none' : undefined;
  }
}

function identifyByPs(pid: number): string | 'none' | undefined {
  try {
    const [state, ...started] = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 5000,
    })
      .trim()
      .split(/\s+/);
    return state === undefined || state.startsWith('Z') ? 'none' : started.join(' ');
  } catch (error) {
    // ps exits with 1 where there is no such process.
    return (error as { status?: number }).status === 1 ? 'none' : undefined;
  }
}
