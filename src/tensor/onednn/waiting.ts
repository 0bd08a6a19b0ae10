import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

const WINDOW = 40; // ms; the system counts in ticks of 10
const LOOKS = 4;

/**
 * Sets how the threads of OpenMP wait for one another, which their library reads as it loads. Where each has a core for itself they
 * spin: woken anew at each of a thousand primitives, a step takes 1.4 times as long. Where other processes need the cores they sleep: a
 * thread that spins keeps the one that it waits for from running. Either way threads that seldom run at the same time make a step many
 * times as long there: one thread is the fastest then (`resources.cpus: 1`). What the environment says comes first.
 */
export function setWaiting(threads: number): void {
  if (threads === 1 || (process.env.GOMP_SPINCOUNT && process.env.KMP_BLOCKTIME)) return;
  const crowded = busyCores() + Math.min(threads, availableParallelism()) > availableParallelism() + 0.5;
  process.env.GOMP_SPINCOUNT ??= crowded ? '0' : '20000';
  process.env.KMP_BLOCKTIME ??= crowded ? '0' : '1';
}

/** How many cores the processes of others keep busy. What is busy for a moment only, as a program that starts, is not counted. */
function busyCores(): number {
  let least = Number.POSITIVE_INFINITY;
  for (let look = 0; look < LOOKS && least > 0.5; look++) least = Math.min(least, busyNow());
  return least;
}

/** Looked at for a moment in which this process sleeps. */
function busyNow(): number {
  const before = ticks();
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WINDOW);
  const after = ticks();
  if (!before || !after || after.all === before.all) return 0;
  return Math.max(0, (availableParallelism() * (after.busy - before.busy)) / (after.all - before.all));
}

/** Of all cores, since the system started: `busy` without this process's family. */
function ticks(): { busy: number; all: number } | undefined {
  try {
    const line = /^cpu +(.*)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1];
    const [user, nice, system, idle, iowait, irq, softirq, steal] = (line ?? '').split(' ').map(Number) as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const busy = user + nice + system + irq + softirq + steal;
    return Number.isFinite(busy) ? { busy: busy - familyTicks(), all: busy + idle + iowait } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Of this process, its parent and its parent's other children: an orchestrator draws the charts of the last trial and starts the process of
 * the next one just when a trial's library loads, and gives each trial cores of its own.
 */
function familyTicks(): number {
  const parent = process.ppid;
  let children = '';
  try {
    children = readFileSync(`/proc/${parent}/task/${parent}/children`, 'latin1');
  } catch {
    // This kernel does not list them.
  }
  const family = new Set([process.pid, parent, ...children.split(' ').filter(Boolean).map(Number)]);
  return [...family].reduce((sum, pid) => sum + ticksOf(pid), 0);
}

/** Fields 14 and 15 of proc_pid_stat(5). */
function ticksOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(fields[11]) + Number(fields[12]) || 0;
  } catch {
    return 0;
  }
}
