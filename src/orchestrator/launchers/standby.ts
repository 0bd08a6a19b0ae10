import { type ChildProcess, spawn } from 'node:child_process';
import { sendSignal } from '../../base/process.ts';
import { expectStart, type RunMessage, type StandbyMessage } from '../../record/index.ts';
import { Leftovers, SECRET } from '../strays.ts';
import type { Exit, Handle, Job, Launcher, Watchman } from './launcher.ts';
import { LocalLauncher, mergeEnvironment } from './local.ts';

export interface StandbyOptions {
  /** Program and arguments of a trainer that waits for its run on the channel. */
  command: readonly string[];
  env: Job['env'];
  cwd: string;
  guard?: Watchman;
}

interface Standby {
  child: ChildProcess;
  leftovers: Leftovers;
  exited: Promise<Exit>;
}

/**
 * Starts the built-in trainer ahead of its run: while a trial is trained the next one's process loads its libraries, and takes its
 * run over a channel when the slot is free. One that dies before it began is replaced by a plain start, whose log says why.
 */
export class StandbyLauncher implements Launcher {
  readonly name: string;
  private readonly options: StandbyOptions;
  private readonly local: LocalLauncher;
  private waiting: Standby | undefined;

  constructor(options: StandbyOptions) {
    this.options = options;
    this.local = new LocalLauncher(options.guard);
    this.name = this.local.name;
  }

  /** Starts a process that will wait, unless one does. */
  warm(): void {
    if (this.waiting) return;
    const standby = this.spawn();
    this.waiting = standby;
    void standby.exited.then(() => {
      if (this.waiting === standby) this.waiting = undefined;
    });
    // It must not keep this process alive that waits for work itself.
    standby.child.unref();
    standby.child.channel?.unref();
  }

  start(job: Job): Handle {
    // One that stands by has its threads already.
    if (job.env.FACECOM_THREADS !== this.options.env.FACECOM_THREADS) return this.local.start(job);
    this.warm();
    const standby = this.waiting!;
    const { child } = standby;
    this.waiting = undefined;
    child.ref();
    child.channel?.ref();
    return handOver(job, standby, () => this.local.start(job));
  }

  /** Ends the process that waits. */
  close(): void {
    const pid = this.waiting?.child.pid;
    this.waiting = undefined;
    if (pid !== undefined) sendSignal(pid, 'SIGKILL', { group: true });
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

function handOver(
  job: Job,
  { child, leftovers, exited: standbyExited }: Standby,
  startPlainly: () => Handle,
): Handle {
  let plain: Handle | undefined;
  let ending = false;
  let hasBegun = false;
  const begun = new Promise<void>((resolve) => {
    child.on('message', ({ type }: StandbyMessage) => {
      if (type !== 'begun') return;
      hasBegun = true;
      resolve();
    });
    void standbyExited.then(() => resolve());
  });
  const exited = standbyExited.then((exit) => {
    if (hasBegun || ending) return exit;
    plain = startPlainly();
    return plain.exited;
  });
  expectStart(job.runDir, leftovers.secret);
  // One that has died already is noticed by its end.
  child.send({ type: 'run', runDir: job.runDir } satisfies RunMessage, () => {});
  return {
    get pid() {
      return plain?.pid ?? child.pid;
    },
    get leftovers() {
      return plain?.leftovers ?? leftovers;
    },
    exited,
    begun,
    stop: () => {
      ending = true;
      if (plain) plain.stop();
      else if (child.pid !== undefined) sendSignal(child.pid, 'SIGTERM');
    },
    kill: () => {
      ending = true;
      if (plain) plain.kill();
      else if (child.pid !== undefined) sendSignal(child.pid, 'SIGKILL', { group: true });
    },
  };
}
