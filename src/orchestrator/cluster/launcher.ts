import { setMaxListeners } from 'node:events';
import { type FSWatcher, mkdirSync } from 'node:fs';
import { basename, relative, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { programFile } from '../../base/folders.ts';
import {
  askToStop,
  batchFile,
  JobsWriter,
  jobOutput,
  jobsFolder,
  listTasks,
  openBatches,
  readClaim,
  readEnd,
  removeBatch,
  writeBatch,
} from '../../record/index.ts';
import type { Handle, Job, Launcher } from '../launchers/launcher.ts';
import { type Engine, EngineError, taskName } from './engine.ts';
import { newKey } from './key.ts';
import { quote, SLURM_JOB, taskScript } from './script.ts';
import { type LiveBatch, referencesOf, Task } from './task.ts';
import { watchFolder } from './watch-folder.ts';

export interface ClusterOptions {
  engine: Engine;
  /** Folder of the sweep, or of the one run; its lock is held. */
  folder: string;
  /** Folder that run folders are named in. */
  runsIn: string;
  /** What keys begin with. */
  label: string;
  setup: readonly string[];
  /** Node on the cluster's machines. */
  node: string;
  /** Seconds. */
  poll: number;
  visibility: number;
  grace: number;
  /** Of Slurm. */
  lead?: number;
  requeues?: number;
  /** Jobs send their runs to MLflow: the folder of the run folders. */
  track?: string;
  note: (line: string) => void;
}

/** Milliseconds for which starts are gathered into one submission. */
const GATHER = 200;
/** Milliseconds after which what was killed counts as ended, whatever the engine says. */
const KILLED = 20_000;
/** Seconds between two tries of a call that failed. */
const BACKOFF = [1, 2, 4, 8, 16, 30, 60] as const;

/**
 *   start ─▶ gathered by kind ─▶ intent on disk ─▶ engine ─▶ id on disk      an error ─▶ looked for by its key ─▶ adopted, or submitted again
 *     │ a run that has a job already                          │
 *     └────────────────────────────────────▶ poll: claims and ends in the folder `jobs`; the engine explains an end that is missing
 *
 * Starts trainers as jobs of a cluster, each exactly once (see docs/clusters.md).
 */
export class ClusterLauncher {
  readonly name: string;
  private readonly jobs: string;
  private readonly writer: JobsWriter;
  /** Tasks without an end, by run folder. */
  private readonly tasks = new Map<string, Task>();
  private readonly gathered = new Map<string, Task[]>();
  private readonly closed = new AbortController();
  private readonly loops: Promise<void>[] = [];
  private readonly submitting = new Map<string, Promise<void>>();
  private awake = new AbortController();
  private readonly toCancel = new Map<'save' | 'kill', Set<Task>>();
  /** Milliseconds of performance.now() of the last poll of the engine. */
  private asked = Number.NEGATIVE_INFINITY;
  private watcher: FSWatcher | undefined;
  private down: string | undefined;
  private limit = Number.POSITIVE_INFINITY;

  constructor(private readonly options: ClusterOptions) {
    this.name = options.engine.name;
    this.jobs = jobsFolder(options.folder);
    setMaxListeners(0, this.closed.signal);
    mkdirSync(this.jobs, { recursive: true });
    this.writer = new JobsWriter(options.folder);
    this.restore();
    this.watcher = watchFolder(this.jobs, () => this.wake());
    this.loops.push(this.follow());
  }

  /** A launcher of jobs of one kind. */
  of(kind: number): Launcher {
    return { name: this.name, start: (job) => this.start(job, kind) };
  }

  /** Runs that an earlier command submitted and that nobody has asked for yet. */
  get unclaimed(): string[] {
    return [...this.tasks.values()].filter(({ wanted }) => !wanted).map(({ runDir }) => runDir);
  }

  /** Ends what nobody asked for, and waits for what was asked to end. */
  async close(): Promise<void> {
    const left = [...this.tasks.values()].filter(({ wanted, over }) => !wanted && !over);
    for (const task of left) this.ask(task, 'save');
    const patience = sleep((this.options.grace + 5) * 1000, undefined, { signal: this.closed.signal }).catch(
      () => {},
    );
    if (left.length > 0) await Promise.race([Promise.all(left.map(({ exited }) => exited)), patience]);
    this.closed.abort();
    this.watcher?.close();
    this.wake();
    await Promise.allSettled([...this.loops, ...this.submitting.values()]);
    this.writer.close();
  }

  private start(work: Job, kind: number): Handle {
    const runDir = resolve(work.runDir);
    const found = this.tasks.get(runDir);
    const adopted = found !== undefined && !found.wanted;
    const task = adopted ? found : new Task(runDir, kind);
    task.wanted = true;
    task.work = work;
    if (!adopted) {
      this.tasks.set(runDir, task);
      this.gather(task);
    }
    return {
      get job() {
        return (
          task.batch && { key: taskName(task.batch.key, task.number), ...(task.job ? { id: task.job } : {}) }
        );
      },
      from: task.from,
      exited: task.exited,
      begun: task.begun,
      runs: () => !task.waits,
      stop: () => this.ask(task, 'save'),
      kill: () => this.ask(task, 'kill'),
    };
  }

  /** What earlier commands submitted is taken up; whether the engine has it is asked where that is not known. */
  private restore(): void {
    for (const open of openBatches(this.options.folder)) {
      if (open.launcher !== this.name) continue;
      const batch: LiveBatch = { ...open, unsure: open.id === undefined, tasks: new Map() };
      for (const [number, name] of open.runs.entries()) {
        if (open.ended.has(number)) continue;
        const runDir = resolve(this.options.runsIn, name);
        const task = new Task(runDir, open.kind, open.from[number] ?? 0);
        Object.assign(task, { batch, number, wanted: false });
        batch.tasks.set(number, task);
        this.tasks.set(runDir, task);
      }
      if (batch.unsure) this.track(batch.key, this.recover(batch));
    }
  }

  /** A call whose outcome nobody lived to write down. */
  private async recover(batch: LiveBatch): Promise<void> {
    const id = await this.lookUp(batch);
    if (id !== undefined) this.submitted(batch, id);
    else if (!this.closed.signal.aborted) {
      this.withdraw(batch, 'It was never submitted.');
      for (const task of batch.tasks.values()) {
        if (task.over) continue;
        if (task.work) this.gather(task);
        else this.tasks.delete(task.runDir);
      }
    }
  }

  /** The engine has none of a batch: a job of it that comes after all finds nothing to do. */
  private withdraw(batch: LiveBatch, message: string): void {
    this.writer.write({ type: 'refused', time: Date.now(), key: batch.key, message });
    removeBatch(this.options.folder, batch.key);
    for (const task of batch.tasks.values()) task.batch = undefined;
  }

  private gather(task: Task): void {
    const { command, env, cwd } = task.work!;
    const like = JSON.stringify([task.kind, command, env, cwd]);
    const waiting = this.gathered.get(like);
    if (waiting) waiting.push(task);
    else this.gathered.set(like, [task]);
    this.flushSoon(like);
  }

  private flushSoon(like: string): void {
    if (this.submitting.has(like)) return;
    this.track(
      like,
      sleep(GATHER, undefined, { signal: this.closed.signal })
        .catch(() => {})
        .then(() => this.flush(like)),
    );
  }

  private track(name: string, work: Promise<void>): void {
    const done = work
      .catch((error: Error) => this.options.note(`${this.name}: ${error.message}`))
      .finally(() => {
        this.submitting.delete(name);
        // What was gathered in the very moment.
        if (!this.closed.signal.aborted && (this.gathered.get(name)?.length ?? 0) > 0) this.flushSoon(name);
      });
    this.submitting.set(name, done);
  }

  /** Submits what was gathered of one kind, one call after another. */
  private async flush(like: string): Promise<void> {
    const waiting = this.gathered.get(like) ?? [];
    while (waiting.length > 0 && !this.closed.signal.aborted) {
      const size = Math.min(await this.options.engine.batchSize(), this.limit);
      const tasks = waiting.splice(0, size).filter(({ over }) => !over);
      if (tasks.length === 0) continue;
      try {
        const later = await this.submit(tasks);
        waiting.unshift(...later);
      } catch (error) {
        for (const task of tasks) this.conclude(task, { error: (error as Error).message });
        if (!(error instanceof EngineError)) throw error;
      }
    }
  }

  /** The protocol: intent, call, id. Returns what the engine has no room for now. */
  private async submit(tasks: Task[]): Promise<Task[]> {
    const { engine, folder, label } = this.options;
    const key = newKey(label);
    const [{ work, kind }] = tasks as [Task & { work: Job }];
    const runs = tasks.map(({ runDir }) => basename(runDir));
    const from = tasks.map((task) => task.from);
    const time = Date.now();
    const batch: LiveBatch = {
      ...{ key, launcher: this.name, kind, time, runs, from },
      ...{ ended: new Set(), unsure: false, tasks: new Map() },
    };
    for (const [number, task] of tasks.entries()) {
      Object.assign(task, { batch, number });
      batch.tasks.set(number, task);
    }
    this.writeBatch(batch, work);
    const { address } = engine;
    const intent = { type: 'submitting' as const, time, launcher: this.name, key, kind, runs, from };
    this.writer.write({ ...intent, ...(address === undefined ? {} : { address }) });
    const { setup, node } = this.options;
    const job = engine.name === 'slurm' ? SLURM_JOB : quote(key);
    const file = resolve(batchFile(folder, key));
    const submission = {
      ...{ key, kind, tasks: tasks.length },
      script: taskScript({ setup, node, program: programFile(), batch: file, job }),
      out: resolve(jobsFolder(folder), `${key}.{task}.out`),
    };
    for (let round = 0; ; round++) {
      if (tasks.every(({ over }) => over)) return [];
      try {
        this.submitted(batch, await engine.submit(submission));
        this.limit *= 2;
        this.answered();
        return [];
      } catch (error) {
        if (!(error instanceof EngineError)) throw error;
        if (error.kind === 'unknown') this.silent(error.message);
        const pause = BACKOFF[Math.min(round, BACKOFF.length - 1)]!;
        if (error.kind !== 'refused') await this.pause(pause);
        // Whatever it said, it may have taken it.
        const id = error.kind === 'refused' ? undefined : await this.lookUp(batch);
        if (id !== undefined) {
          this.submitted(batch, id);
          return [];
        }
        if (this.closed.signal.aborted) return [];
        if (error.kind === 'unknown') continue;
        this.withdraw(batch, error.message);
        if (error.kind === 'refused') throw error;
        this.silent(error.message);
        this.limit = Math.max(1, Math.floor(tasks.length / 2));
        return tasks.filter(({ over }) => !over);
      }
    }
  }

  private writeBatch({ key, runs }: LiveBatch, { command, env, cwd }: Job): void {
    const { folder, runsIn, grace, visibility, lead, requeues, track } = this.options;
    writeBatch(folder, {
      ...{
        version: 1,
        key,
        folder: relative(jobsFolder(folder), runsIn),
        runs,
        cwd: resolve(cwd),
        grace,
        visibility,
      },
      command: [...command],
      env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value ?? null])),
      ...(lead === undefined ? {} : { lead }),
      ...(requeues === undefined ? {} : { requeues }),
      ...(track === undefined ? {} : { track: resolve(track) }),
    });
  }

  private submitted(batch: LiveBatch, id: string): void {
    batch.id = id;
    batch.unsure = false;
    this.writer.write({ type: 'submitted', time: Date.now(), key: batch.key, id });
    // Those that were asked to end while it was submitted.
    const ending = [...batch.tasks.values()].filter((task) => task.ending !== undefined && !task.over);
    if (ending.length > 0) void this.cancel(ending, 'save');
    this.askSoon();
  }

  /** The id under which the engine has a batch, by its key or by what its jobs wrote; undefined if it has none. Waits for an answer. */
  private async lookUp(batch: LiveBatch): Promise<string | undefined> {
    batch.unsure = true;
    const open = () => !this.closed.signal.aborted && [...batch.tasks.values()].some(({ over }) => !over);
    for (let round = 0; open(); round++) {
      const claimed = this.claimedBy(batch);
      if (claimed !== undefined) return claimed;
      try {
        const [id] = await this.options.engine.find(batch.key, batch.time);
        this.answered();
        return id;
      } catch (error) {
        this.silent((error as Error).message);
        await this.pause(BACKOFF[Math.min(round, BACKOFF.length - 1)]!);
      }
    }
    return undefined;
  }

  private claimedBy({ key, tasks }: LiveBatch): string | undefined {
    for (const number of tasks.keys()) {
      const claim = readClaim(this.jobs, key, number);
      if (claim) return claim.job.replace(/_\d+$/, '');
    }
    return undefined;
  }

  /** Polls until it is closed. */
  private async follow(): Promise<void> {
    while (!this.closed.signal.aborted) {
      const open = [...this.tasks.values()].filter(({ batch, over }) => batch && !over);
      try {
        if (open.length > 0) await this.look(open);
      } catch (error) {
        this.options.note(`${this.name}: ${(error as Error).message}`);
      }
      await this.rest();
    }
  }

  private async look(open: readonly Task[]): Promise<void> {
    const listed = listTasks(this.jobs);
    for (const task of open) {
      const there = listed.get(taskName(task.batch!.key, task.number));
      if (there?.has('end')) this.read(task);
      else if (there?.has('claim') && !task.hasBegun)
        task.begin(readClaim(this.jobs, task.batch!.key, task.number)?.job);
    }
    if (performance.now() - this.asked < this.options.poll * 1000) return;
    const left = open.filter(({ over, batch }) => !over && batch?.id !== undefined);
    if (left.length > 0) await this.askEngine(left);
  }

  private read(task: Task): void {
    const end = readEnd(this.jobs, task.batch!.key, task.number);
    if (!end) return;
    task.begin(readClaim(this.jobs, task.batch!.key, task.number)?.job);
    const { told: _, ...exit } = end;
    this.conclude(task, exit);
  }

  private async askEngine(tasks: readonly Task[]): Promise<void> {
    const { engine, visibility } = this.options;
    const begun = performance.now();
    this.asked = begun;
    let states: Awaited<ReturnType<Engine['poll']>>;
    try {
      states = await engine.poll(referencesOf(tasks));
    } catch (error) {
      this.silent((error as Error).message);
      return;
    }
    this.answered();
    for (const task of tasks) {
      if (task.over) continue;
      const state = states.get(taskName(task.batch!.key, task.number));
      const waited = task.waits || !task.hasBegun;
      task.waits = state?.phase === 'waiting' || (!task.hasBegun && state?.phase !== 'ended');
      if (state && state.phase !== 'ended') {
        task.silentSince = undefined;
        continue;
      }
      // What ended before it began, as it was asked to, or was killed, has nothing more to say.
      const taken = task.ending === 'save' && waited && /^(CANCELLED|STOPPED)/.test(state?.state ?? '');
      task.silentSince ??= begun;
      if (taken || task.ending === 'kill') this.conclude(task, { signal: taken ? 'SIGTERM' : 'SIGKILL' });
      else if (performance.now() - task.silentSince >= visibility * 1000) await this.explain(task);
    }
  }

  /** The engine has ended it, and no word of it came: the folder is looked at once more, then the engine's word counts. */
  private async explain(task: Task): Promise<void> {
    const { engine } = this.options;
    const { key } = task.batch!;
    this.read(task);
    if (task.over) return;
    const said = jobOutput(this.jobs, key, task.number);
    let explained: Awaited<ReturnType<Engine['explain']>>;
    try {
      explained = await engine.explain(referencesOf([task])[0]!, task.number, task.job);
    } catch (error) {
      // It is asked again.
      if (error instanceof EngineError && error.kind === 'unknown') return;
      throw error;
    }
    const words = said === '' ? '' : ` It printed: ${said.split('\n').at(-1)}`;
    if (explained === undefined)
      this.conclude(task, {
        explained: {
          class: 'lost',
          message: `${engine.name} does not know of the job ${task.job ?? key} any more, and it left no word.${words}`,
        },
      });
    else if ('cancelled' in explained) this.conclude(task, { cancelled: explained.cancelled + words });
    else this.conclude(task, { explained: { ...explained, message: explained.message + words } });
  }

  private conclude(task: Task, exit: Parameters<Task['end']>[0]): void {
    if (task.over) return;
    const { batch } = task;
    if (batch) {
      this.writer.write({ type: 'ended', time: Date.now(), key: batch.key, task: task.number });
      batch.ended.add(task.number);
      if (batch.ended.size >= batch.runs.length) removeBatch(this.options.folder, batch.key);
    }
    if (this.tasks.get(task.runDir) === task) this.tasks.delete(task.runDir);
    task.end(exit);
  }

  /** Asks a task to end. One that the engine does not have ends at once; one that it may have, without a word to the engine. */
  private ask(task: Task, how: 'save' | 'kill'): void {
    if (task.over || task.ending === how || task.ending === 'kill') return;
    task.ending = how;
    const { batch } = task;
    if (!batch || (batch.id === undefined && how === 'kill')) {
      this.conclude(task, { signal: 'SIGTERM' });
      return;
    }
    askToStop(this.jobs, batch.key, task.number, how);
    if (batch.id !== undefined) this.cancelSoon(task, how);
    if (how === 'save') return;
    // Nobody waits for an engine that does not answer.
    setTimeout(() => this.conclude(task, { signal: 'SIGKILL' }), KILLED).unref();
  }

  /** What is asked to end at once is one call. */
  private cancelSoon(task: Task, how: 'save' | 'kill'): void {
    const waiting = this.toCancel.get(how);
    if (waiting) {
      waiting.add(task);
      return;
    }
    this.toCancel.set(how, new Set([task]));
    setImmediate(() => {
      const tasks = [...this.toCancel.get(how)!].filter(({ over }) => !over);
      this.toCancel.delete(how);
      void this.cancel(tasks, how).then(() => this.askSoon());
    });
  }

  private async cancel(tasks: readonly Task[], how: 'save' | 'kill'): Promise<void> {
    if (tasks.length === 0) return;
    try {
      await this.options.engine.cancel(referencesOf(tasks), how);
    } catch (error) {
      // The request is in the folder of the jobs, too.
      this.silent((error as Error).message);
    }
  }

  /** Said once, until it answers again. */
  private silent(message: string): void {
    if (this.down === message) return;
    this.down ??= '';
    if (this.down === '') this.options.note(`${this.name} does not answer, jobs continue: ${message}`);
    this.down = message;
  }

  private answered(): void {
    if (this.down === undefined) return;
    this.down = undefined;
    this.options.note(`${this.name} answers again.`);
  }

  private askSoon(): void {
    this.asked = Number.NEGATIVE_INFINITY;
    this.wake();
  }

  private wake(): void {
    this.awake.abort();
    this.awake = new AbortController();
  }

  /** Until the next poll, or until something has happened. */
  private async rest(): Promise<void> {
    if (this.closed.signal.aborted) return;
    const signal = this.awake.signal;
    await sleep(this.options.poll * 1000, undefined, { signal }).catch(() => {});
  }

  private async pause(seconds: number): Promise<void> {
    await sleep(seconds * 1000, undefined, { signal: this.closed.signal }).catch(() => {});
  }
}
