import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { constants, hostname, setPriority } from 'node:os';

/** A process as the record names it. The number alone says little: the system gives it to another process later. */
export interface ProcessMark {
  pid: number;
  /** Name of the machine that it runs on. */
  host?: string;
  /** Differs between two processes that had the same number: boot, start time and, on Linux, the space of its number. Opaque. */
  process?: string;
}

/**
 * `unknown`: it is on another machine or in another container, where its number means another process, or the record does not say
 * which process it was.
 */
export type Liveness = 'alive' | 'ended' | 'unknown';

/** What tells a process of this machine from every other, for the record. */
export function markProcess(pid: number = process.pid): ProcessMark {
  const identity = identify(pid);
  return { pid, host: hostname(), ...(typeof identity === 'string' ? { process: identity } : {}) };
}

/** Whether the very process that was marked still runs; one that has ended and was not yet waited for does not. */
export function liveness(mark: ProcessMark): Liveness {
  if (!isHere(mark)) return 'unknown';
  const identity = identify(mark.pid);
  if (identity === 'none') return 'ended';
  if (identity === undefined || mark.process === undefined) return 'unknown';
  // An older version did not name the space.
  return identity === mark.process || identity.startsWith(`${mark.process}:`) ? 'alive' : 'ended';
}

/** Whether this system has a process of that number, whichever it is. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Signals a process, or with `group` the group that it leads; nothing happens if it has ended. */
export function sendSignal(pid: number, name: NodeJS.Signals, { group = false } = {}): void {
  try {
    process.kill(group && process.platform !== 'win32' ? -pid : pid, name);
  } catch {
    // It has ended already.
  }
}

/** A Linux machine's own space of process numbers, as /proc names it (PROC_PID_INIT_INO); a container has another one. */
const INITIAL_SPACE = '4026531836';

/** Whether a process's number means the same here: on this machine and not in another container. */
export function isHere({ host, process: identity }: ProcessMark): boolean {
  if (host !== undefined && host !== hostname()) return false;
  const [boot, , space] = identity?.split(':') ?? [];
  const own = pidSpace();
  if (space === undefined || own === undefined) return true;
  // The numbers of containers' spaces are given again after a boot.
  return space === own && (own === INITIAL_SPACE || boot === bootOfThis());
}

/** Undefined if this system does not tell. */
function identify(pid: number): string | 'none' | undefined {
  if (!Number.isInteger(pid) || pid <= 0) return 'none';
  return process.platform === 'linux' ? identifyByProc(pid) : identifyByPs(pid);
}

let bootId: string | undefined;
const bootOfThis = (): string =>
  (bootId ??= readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim());

let space: string | null | undefined;

/** The space of process numbers that this process is in: pid_namespaces(7); undefined if the system does not tell. */
function pidSpace(): string | undefined {
  if (space === undefined) {
    try {
      space = /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? null;
    } catch {
      space = null;
    }
  }
  return space ?? undefined;
}

/** Boot, and the time of the start in ticks since then: proc_pid_stat(5), field 22. */
function identifyByProc(pid: number): string | 'none' | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name, in brackets, may hold spaces and brackets itself.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return 'none';
    return [bootOfThis(), fields[19], pidSpace()].filter((part) => part !== undefined).join(':');
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
    // ps exits with 1 if there is no such process.
    return (error as { status?: number }).status === 1 ? 'none' : undefined;
  }
}

/**
 * Lets others have the cores first that a process wants. Where Linux shares them among sessions before it looks at priorities
 * (sched(7), autogroup), that of its session counts: the process must lead one of its own. What is not allowed is left as it is.
 */
export function yieldCores(pid: number): void {
  const settings = [
    () => setPriority(pid, constants.priority.PRIORITY_LOW),
    () => writeFileSync(`/proc/${pid}/autogroup`, String(constants.priority.PRIORITY_LOW)),
  ];
  for (const set of settings) {
    try {
      set();
    } catch {
      // It keeps its share.
    }
  }
}
