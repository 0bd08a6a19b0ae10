import { spawn } from 'node:child_process';
import { Leftovers, SECRET } from '../strays.ts';
import { endStandby, handOver, type Standby } from './hand-over.ts';
import type { Exit, Handle, Job, Launcher, Watchman } from './launcher.ts';
import { LocalLauncher, mergeEnvironment } from './local.ts';

export interface StandbyOptions {
  /** Program and arguments of a trainer that waits for its run on the channel. */
  command: readonly string[];
  env: Job['env'];
  cwd: string;
  guard?: Watchman;
}

/**
 * Starts the built-in trainer ahead of its run: while a trial is trained the next one's process loads its libraries, and takes its
 * run over a channel when the slot is free. One that dies before it began is replaced by a plain start, whose log says why.
 * One that says so takes run after run, as long as none fails: then nothing is started ahead.
 */
export class StandbyLauncher implements Launcher {
  readonly name: string;
  private readonly options: StandbyOptions;
  private readonly local: LocalLauncher;
  private waiting: Standby | undefined;
  private running: Standby | undefined;
  /** One is to be started if the running one does not stay. */
  private wanted = false;
  private closed = false;

  constructor(options: StandbyOptions) {
    this.options = options;
    this.local = new LocalLauncher(options.guard);
    this.name = this.local.name;
  }

  /** Starts a process that will wait, unless one does or the one at work will. */
  warm(): void {
    if (this.waiting || this.closed) return;
    if (this.running && this.running.stays !== false) {
      this.wanted = true;
      return;
    }
    this.wait(this.spawn());
  }

  start(job: Job): Handle {
    // One that stands by has its threads already.
    if (job.env.FACECOM_THREADS !== this.options.env.FACECOM_THREADS) return this.local.start(job);
    const standby = this.waiting ?? this.spawn();
    const { child } = standby;
    this.waiting = undefined;
    this.running = standby;
    this.wanted = false;
    delete standby.stays;
    child.ref();
    child.channel?.ref();
    return handOver(job, standby, {
      startPlainly: () => this.local.start(job),
      decided: (stays) => {
        standby.stays = stays;
        if (!stays && this.wanted) this.warm();
      },
      over: (waits) => {
        if (this.running === standby) this.running = undefined;
        if (!waits) return;
        if (this.waiting || this.closed) endStandby(standby);
        else this.wait(standby);
      },
    });
  }

  /** Ends the process that waits. */
  close(): void {
    this.closed = true;
    if (this.waiting) endStandby(this.waiting);
    this.waiting = undefined;
  }

  private wait(standby: Standby): void {
    this.waiting = standby;
    void standby.exited.then(() => {
      if (this.waiting === standby) this.waiting = undefined;
    });
    // It must not keep this process alive that waits for work itself.
    standby.child.unref();
    standby.child.channel?.unref();
  }

  private spawn(): Standby {
    const { command, env, cwd } = this.options;
    const [program, ...args] = command;
    const leftovers = new Leftovers();
    this.options.guard?.expect(leftovers);
    const child = spawn(program!, args, {
      cwd,
      env: mergeEnvironment({ ...env, [SECRET]: leftovers.secret }),
      // Its output goes to the log of its run once it has one.
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      detached: true,
    });
    const exited = new Promise<Exit>((resolve) => {
      child.on('error', (error) => resolve({ error: error.message }));
      child.on('exit', (code, name) =>
        resolve({ ...(code === null ? {} : { code }), ...(name === null ? {} : { signal: name }) }),
      );
    });
    this.options.guard?.watch({ ...(child.pid === undefined ? {} : { pid: child.pid }), exited });
    return { child, leftovers, exited };
  }
}
