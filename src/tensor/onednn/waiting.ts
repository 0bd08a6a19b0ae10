import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

const WINDOW = 40; // ms; the system counts in ticks of 10

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

/** How many cores other processes keep busy, looked at for a moment in which this one sleeps. */
function busyCores(): number {
  const before = ticks();
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WINDOW);
  const after = ticks();
  if (!before || !after || after.all === before.all) return 0;
  return (availableParallelism() * (after.busy - before.busy)) / (after.all - before.all);
}

/** Of all cores, since the system started. */
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
    return Number.isFinite(busy) ? { busy, all: busy + idle + iowait } : undefined;
  } catch {
    return undefined;
  }
}
