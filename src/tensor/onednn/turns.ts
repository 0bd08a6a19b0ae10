import { closeSync, constants, openSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { libc } from './libc.ts';

/** flock(2). */
const EXCLUSIVE = 2;
const NOT_BLOCKING = 4;
const UNLOCK = 8;

const LOOK = 1; // ms
/** For so long a process waits for its turn, longer than steps take: what holds it may be stopped in a debugger. It waits no more for a while then. */
const PATIENCE = 30_000; // ms
const PAUSE = 600_000; // ms

/**
 * Steps of processes that each use most of the same cores take turns. Threads of two such steps at once wait for one another's cores at
 * every primitive, a thousand times a step: both take ten times as long and more, one after the other twice.
 *
 *   take: queue ─▶ cores ─▶ leave the queue ─▶ the step ─▶ pass
 *
 * Who waits holds the queue, so that the one who has just passed comes after it. The files are of this user, this machine and these cores;
 * the system frees what a process held that has ended.
 */
export class Turns {
  private readonly queue: number;
  private readonly cores: number;
  /** Of `performance.now()`. */
  private pausedUntil = 0;

  private constructor(queue: number, cores: number) {
    this.queue = queue;
    this.cores = cores;
  }

  /** Undefined if other steps fit beside one of so many threads, or where files cannot be locked. */
  static open(threads: number, cores: number, folder = tmpdir()): Turns | undefined {
    if (threads < 2 || 2 * threads <= cores) return undefined;
    const files: number[] = [];
    try {
      const allowed = /^Cpus_allowed:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))![1]!;
      const name = `facecom-${process.getuid!()}-cores-${allowed.replaceAll(',', '')}`;
      const { O_CREAT, O_RDWR, O_NOFOLLOW } = constants;
      for (const which of ['queue', 'turn'])
        files.push(openSync(join(folder, `${name}.${which}`), O_CREAT | O_RDWR | O_NOFOLLOW, 0o600));
      return new Turns(files[0]!, files[1]!);
    } catch {
      for (const file of files) closeSync(file);
      return undefined;
    }
  }

  /** Resolves when it is this process's turn, or when it has waited for too long. */
  async take(patience = PATIENCE): Promise<void> {
    const now = performance.now();
    if (now < this.pausedUntil) return;
    const until = now + patience;
    const taken = (await this.lock(this.queue, until)) && (await this.lock(this.cores, until));
    libc().flock(this.queue, UNLOCK);
    if (!taken) this.pausedUntil = performance.now() + PAUSE;
  }

  pass(): void {
    libc().flock(this.cores, UNLOCK);
  }

  close(): void {
    closeSync(this.queue);
    closeSync(this.cores);
  }

  private async lock(file: number, until: number): Promise<boolean> {
    while (libc().flock(file, EXCLUSIVE | NOT_BLOCKING) !== 0) {
      if (performance.now() > until) return false;
      await sleep(LOOK);
    }
    return true;
  }
}
