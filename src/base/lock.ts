import { randomUUID } from 'node:crypto';
import {
  closeSync,
  fdatasync,
  futimesSync,
  linkSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { asideName } from './files.ts';
import { interrupted } from './interrupt.ts';
import { isRecord } from './objects.ts';
import { liveness, markProcess, type ProcessMark } from './process.ts';

/**
 * One process at a time, by a file. The file is linked into place whole, which shared file systems refuse to the second, and names its
 * holder. Whether the holder is still there, its process tells where its number means something: on the same machine and in the same
 * container. Elsewhere only the file tells: the holder writes to it again and again, and one that has been still for long is taken over.
 */

/** Milliseconds between two signs of life of a holder. */
const BEAT = 2000;
/** Milliseconds of stillness, by the file system's clock, after which a holder elsewhere may be gone. */
const STILL = 60_000;
/** Milliseconds that such a lock is watched then, for the clock may have jumped, or the machine have slept. */
const WATCHED = 3 * BEAT;
/** Milliseconds between two looks at a lock that is waited for. */
const POLL = 200;

/** Who holds a lock, as its file says. */
export interface Holder extends ProcessMark {
  /** Of this hold; absent in files of other programs. */
  id?: string;
}

export interface Lock {
  /** Frees it, unless another has taken it over. */
  release: () => void;
}

interface Patience {
  signal?: AbortSignal;
  /** Milliseconds that a lock which seems to be abandoned elsewhere is watched before it is taken over. */
  watched?: number;
}

export interface TakeOptions<T extends object> extends Patience {
  /** What the file says besides the process. */
  details?: T;
  /** Told of a holder that is gone without having freed its lock, before it is taken over. */
  onTakeOver?: (holder: Holder & Partial<T>, why: 'ended' | 'still') => void | Promise<void>;
}

/** Takes a lock if it is free or its holder is gone; else returns its holder. */
export async function tryLock<T extends object = object>(
  file: string,
  { details, onTakeOver, ...patience }: TakeOptions<T> = {},
): Promise<Lock | { holder: Holder & Partial<T> }> {
  const own: Holder = { id: randomUUID(), ...markProcess(), ...details };
  let told: string | undefined;
  for (;;) {
    const lock = create(file, own);
    if (lock) return lock;
    const text = readText(file);
    const holder = parse<T>(text);
    if (holder) {
      const gone = await whyGone(file, text, holder, patience);
      if (!gone) return { holder };
      if (told !== text) await onTakeOver?.(holder, gone);
      told = text;
    }
    // Another process is about it.
    if (!clear(file, text)) await sleep(POLL / 10);
  }
}

/** The holder of a lock, unless it is gone; undefined if there is none. */
export function lockHolder<T extends object = object>(file: string): (Holder & Partial<T>) | undefined {
  const holder = parse<T>(readText(file));
  if (!holder) return undefined;
  const life = liveness(holder);
  return life === 'alive' || (life === 'unknown' && !isStill(file)) ? holder : undefined;
}

/** When a holder elsewhere, which counts as gone, gave its last sign of life, in milliseconds since 1970; undefined if there is no such. */
export function lastSeen(file: string): number | undefined {
  const holder = parse(readText(file));
  return holder && liveness(holder) === 'unknown' && isStill(file) ? changed(file) : undefined;
}

export interface WaitOptions extends Patience {
  /** Called once if another process holds the lock. */
  onWait?: (holder: { pid: number; here: boolean }) => void;
}

/**
 * Runs `work` while this process alone holds the lock file, and returns what it returns. Waits for another holder to end; the lock of one
 * that is gone is taken over. Throws FacecomError `interrupted` if the signal comes while waiting.
 */
export async function withLock<T>(file: string, options: WaitOptions, work: () => Promise<T>): Promise<T> {
  const { onWait, ...patience } = options;
  for (let waited = false; ; waited = true) {
    const lock = await tryLock(file, patience);
    if ('release' in lock) {
      try {
        return await work();
      } finally {
        lock.release();
      }
    }
    if (patience.signal?.aborted) throw interrupted();
    if (!waited) onWait?.({ pid: lock.holder.pid, here: liveness(lock.holder) === 'alive' });
    await sleep(POLL);
  }
}

/** Puts a lock in place; undefined if there is one. */
function create(file: string, own: Holder): Lock | undefined {
  const text = `${JSON.stringify(own)}\n`;
  const aside = asideName(file);
  // The descriptor stays open: its writes reach this very file, and never another's that is in its place by then.
  const fd = openSync(aside, 'wx+');
  try {
    writeSync(fd, text);
    linkSync(aside, file);
  } catch (error) {
    closeSync(fd);
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
    throw error;
  } finally {
    rmSync(aside, { force: true });
  }
  const timer = setInterval(() => beat(fd, text), BEAT);
  timer.unref();
  return {
    release: () => {
      clearInterval(timer);
      if (parse(readText(file))?.id === own.id) rmSync(file, { force: true });
      closeSync(fd);
    },
  };
}

/** A sign of life: a write, so that the time of the file is set by the clock of its file system. */
function beat(fd: number, text: string): void {
  try {
    writeSync(fd, text[0]!, 0);
    fdatasync(fd, () => {});
  } catch {
    try {
      const time = new Date();
      futimesSync(fd, time, time);
    } catch {
      // A file system that is gone.
    }
  }
}

/** Why a holder counts as gone: its process has ended, or is elsewhere and gives no sign of life. */
async function whyGone(
  file: string,
  text: string | undefined,
  holder: Holder,
  { signal, watched = WATCHED }: Patience,
): Promise<'ended' | 'still' | undefined> {
  const life = liveness(holder);
  if (life !== 'unknown') return life === 'ended' ? 'ended' : undefined;
  const before = changed(file);
  if (before === undefined || !isStill(file)) return undefined;
  for (let waited = 0; waited < watched; waited += POLL) {
    await sleep(POLL);
    if (signal?.aborted || changed(file) !== before || readText(file) !== text) return undefined;
  }
  return 'still';
}

/** Whether a file has not been written to for long. */
function isStill(file: string): boolean {
  const last = changed(file);
  return last !== undefined && now(file) - last > STILL;
}

const changed = (file: string): number | undefined => statSync(file, { throwIfNoEntry: false })?.mtimeMs;

/** The time by the clock of a file's file system, which may be another machine's; this machine's if nothing can be written there. */
function now(file: string): number {
  const probe = asideName(file);
  try {
    writeFileSync(probe, ' ');
    return statSync(probe).mtimeMs;
  } catch {
    return Date.now();
  } finally {
    rmSync(probe, { force: true });
  }
}

/**
 * Removes a stale lock, one process at a time: else the second could remove what the first has just made its own. Returns whether this
 * process was the one.
 */
function clear(file: string, stale: string | undefined): boolean {
  const guard = `${file}.takeover`;
  // Held for a moment only: one that is old was left by a process that was killed.
  if (isStill(guard)) rmSync(guard, { force: true });
  try {
    writeFileSync(guard, '', { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  try {
    if (readText(file) === stale) rmSync(file, { force: true });
  } finally {
    rmSync(guard, { force: true });
  }
  return true;
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** Undefined for what is no lock: an empty file, or one that was edited. */
function parse<T extends object>(text: string | undefined): (Holder & Partial<T>) | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    if (!isRecord(value) || !Number.isInteger(value.pid) || (value.pid as number) < 1) return undefined;
    const mark: Record<string, unknown> = { ...value };
    for (const key of ['id', 'host', 'process']) if (typeof mark[key] !== 'string') delete mark[key];
    return mark as unknown as Holder & Partial<T>;
  } catch {
    return undefined;
  }
}
