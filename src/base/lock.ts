import { randomUUID } from 'node:crypto';
import {
  existsSync,
  linkSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { FacecomError } from './errors.ts';

/** Milliseconds between two signs of life of a holder, and after how many without one its lock is taken over. */
const HEARTBEAT = 2000;
const DEAD = 60_000;

interface Holder {
  id: string;
  pid: number;
  /** The machine, its boot and its process namespace: a pid says nothing elsewhere. */
  host: string;
}

interface LockOptions {
  signal?: AbortSignal;
  /** Called once when another process holds the lock. */
  onWait?: (holder: { pid: number; here: boolean }) => void;
}

/**
 * Runs `work` while this process alone holds the lock file. Waits for another holder to end; the lock of a process that is gone is
 * taken over. Throws FacecomError `interrupted` where the signal comes while waiting.
 */
export async function withLock<T>(file: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
  const release = await acquire(file, options);
  try {
    return await work();
  } finally {
    release();
  }
}

async function acquire(file: string, { signal, onWait }: LockOptions): Promise<() => void> {
  const own: Holder = { id: randomUUID(), pid: process.pid, host: host() };
  let waited = false;
  while (!create(file, own)) {
    if (signal?.aborted) throw new FacecomError('interrupted', 'Interrupted.', { exitCode: 130 });
    const holder = read(file);
    if (holder && isGone(file, holder)) {
      takeOver(file, holder);
      continue;
    }
    if (holder && !waited) {
      waited = true;
      onWait?.({ pid: holder.pid, here: holder.host === own.host });
    }
    await sleep(200);
  }
  const timer = setInterval(() => touch(file), HEARTBEAT);
  timer.unref();
  return () => {
    clearInterval(timer);
    if (read(file)?.id === own.id) rmSync(file, { force: true });
  };
}

/** Linked into place whole, so that nobody reads half a lock. */
function create(file: string, holder: Holder): boolean {
  const aside = `${file}.${holder.id}`;
  writeFileSync(aside, JSON.stringify(holder));
  try {
    linkSync(aside, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function read(file: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

function isGone(file: string, holder: Holder): boolean {
  if (age(file) > DEAD) return true;
  if (holder.host !== host()) return false;
  try {
    process.kill(holder.pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/** Removes a dead holder's lock, one process at a time: else the second could remove what the first has just made its own. */
function takeOver(file: string, dead: Holder): void {
  const guard = `${file}.takeover`;
  if (existsSync(guard) && age(guard) > DEAD) rmSync(guard, { force: true });
  try {
    writeFileSync(guard, '', { flag: 'wx' });
  } catch {
    return;
  }
  try {
    if (read(file)?.id === dead.id) rmSync(file, { force: true });
  } finally {
    rmSync(guard, { force: true });
  }
}

function age(file: string): number {
  try {
    return Date.now() - statSync(file).mtimeMs;
  } catch {
    return 0;
  }
}

function touch(file: string): void {
  try {
    const now = new Date();
    utimesSync(file, now, now);
  } catch {
    // Taken over while this process was stopped: its work goes on aside and is compared at the end.
  }
}

function host(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${hostname()} ${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}
