import { setMaxListeners } from 'node:events';
import { mkdirSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  isJobOver,
  JobsWriter,
  jobOfTask,
  jobsFolder,
  openBatches,
  readClaim,
  removeBatch,
  withdrawTask,
} from '../../record/index.ts';
import type { Exit } from '../launchers/launcher.ts';
import { Contact } from './contact.ts';
import { type Engine, nameOf } from './engine.ts';
import { type LiveBatch, Task } from './task.ts';

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
  /** Trials that a job runs one after another; one if left out. */
  perJob?: number;
  /** Jobs at once, where that is bounded. */
  parallel?: number;
  /** Seconds. */
  poll: number;
  visibility: number;
  grace: number;
  /** After an end that the record tells, until what the engine still takes for running is cancelled. */
  linger?: number;
  /** Of Slurm. */
  lead?: number;
  requeues?: number;
  /** Jobs send their runs to MLflow: the folder of the run folders. */
  track?: string;
  note: (line: string) => void;
}

/** A job of which all ends are in the record; its engine may not have noticed. */
export interface Leaving {
  batch: LiveBatch;
  job: number;
  /** Milliseconds of performance.now(). */
  since: number;
}

/** Tasks without an end and their journal, `jobs.jsonl`: what all parts of a launcher share. */
export class Ledger {
  readonly jobs: string;
  readonly contact: Contact;
  /** By `key.job`. */
  readonly leaving = new Map<string, Leaving>();
  private readonly closing = new AbortController();
  private readonly writer: JobsWriter;
  /** By run folder. */
  private readonly tasks = new Map<string, Task>();

  constructor(readonly options: ClusterOptions) {
    const { engine, folder, note } = options;
    this.contact = new Contact(engine.name, note);
    this.jobs = jobsFolder(folder);
    setMaxListeners(0, this.closing.signal);
    mkdirSync(this.jobs, { recursive: true });
    this.writer = new JobsWriter(folder);
  }

  get closed(): AbortSignal {
    return this.closing.signal;
  }

  /** Nobody waits for anything any more. */
  close(): void {
    this.closing.abort();
  }

  /** After the last entry. */
  closeJournal(): void {
    this.writer.close();
  }

  get(runDir: string): Task | undefined {
    return this.tasks.get(runDir);
  }

  add(task: Task): void {
    this.tasks.set(task.runDir, task);
  }

  drop(task: Task): void {
    if (this.tasks.get(task.runDir) === task) this.tasks.delete(task.runDir);
  }

  all(): Task[] {
    return [...this.tasks.values()];
  }

  /** Takes up what earlier commands submitted. Returns its batches. */
  restore(): LiveBatch[] {
    const { folder, runsIn, engine } = this.options;
    const batches: LiveBatch[] = [];
    for (const open of openBatches(folder)) {
      if (open.launcher !== engine.name) continue;
      const batch: LiveBatch = {
        ...{ ...open, unsure: open.id === undefined },
        ...{ tasks: new Map(), begun: new Set() },
      };
      for (const [number, name] of open.runs.entries()) {
        if (open.ended.has(number)) {
          const job = jobOfTask(batch, number);
          if (readClaim(this.jobs, open.key, number)?.job) batch.begun.add(job);
          this.leave(batch, job);
          continue;
        }
        const task = new Task(resolve(runsIn, name), open.kind, open.from[number] ?? 0);
        Object.assign(task, { batch, number, wanted: false });
        batch.tasks.set(number, task);
        this.add(task);
      }
      batches.push(batch);
    }
    return batches;
  }

  /** A batch of tasks that is about to be submitted under a key, divided evenly among as few jobs as may be. */
  batchOf(key: string, tasks: readonly Task[]): LiveBatch {
    const { engine, perJob = 1 } = this.options;
    const per_job = Math.ceil(tasks.length / Math.ceil(tasks.length / perJob));
    const batch: LiveBatch = {
      ...{ key, launcher: engine.name, kind: tasks[0]!.kind, time: Date.now() },
      ...(per_job > 1 ? { per_job } : {}),
      runs: tasks.map(({ runDir }) => basename(runDir)),
      from: tasks.map(({ from }) => from),
      ...{ ended: new Set(), unsure: false, tasks: new Map(), begun: new Set() },
    };
    for (const [number, task] of tasks.entries()) {
      Object.assign(task, { batch, number });
      batch.tasks.set(number, task);
    }
    return batch;
  }

  /** On the disk when it returns. */
  submitting({ key, kind, time, runs, from, per_job }: LiveBatch): void {
    const { name: launcher, address } = this.options.engine;
    this.writer.write({
      ...{ type: 'submitting', time, launcher, key, kind, runs, from },
      ...(per_job === undefined ? {} : { per_job }),
      ...(address === undefined ? {} : { address }),
    });
  }

  submitted(batch: LiveBatch, id: string): void {
    batch.id = id;
    batch.unsure = false;
    this.writer.write({ type: 'submitted', time: Date.now(), key: batch.key, id });
  }

  /** The engine has none of a batch: a job of it that comes after all finds nothing to do. */
  withdraw(batch: LiveBatch, message: string): void {
    this.writer.write({ type: 'refused', time: Date.now(), key: batch.key, message });
    removeBatch(this.options.folder, batch.key);
    for (const task of batch.tasks.values()) task.batch = undefined;
  }

  /**
   * Takes a task that has not begun from its job: it is free to be submitted again. Returns whether no job has claimed it meanwhile, and
   * none can any more.
   */
  release(task: Task): boolean {
    const { batch, number } = task;
    if (!batch) return true;
    if (!withdrawTask(this.jobs, batch.key, number)) return false;
    this.ended(task);
    this.leave(batch, task.job);
    batch.tasks.delete(number);
    task.batch = undefined;
    task.silentSince = undefined;
    task.endSince = undefined;
    task.toldEnd = undefined;
    task.waits = true;
    return true;
  }

  conclude(task: Task, exit: Exit): void {
    if (task.over) return;
    const { batch } = task;
    this.ended(task);
    // What is killed takes its time.
    if (batch && task.ending !== 'kill') this.leave(batch, task.job);
    this.drop(task);
    task.end(exit);
  }

  /** How many jobs have tasks without an end, and whether one of a kind waits for its engine to have room for it. */
  load(kind: number): { open: number; waits: boolean } {
    const jobs = new Map<string, Task>();
    for (const task of this.all())
      if (task.batch && !task.over) jobs.set(nameOf(task.batch.key, task.job), task);
    const waits = [...jobs.values()].some((task) => task.kind === kind && !task.batch!.begun.has(task.job));
    return { open: jobs.size, waits };
  }

  private leave(batch: LiveBatch, job: number): void {
    if (batch.id === undefined || !isJobOver(batch, job)) return;
    this.leaving.set(nameOf(batch.key, job), { batch, job, since: performance.now() });
  }

  private ended({ batch, number, hasBegun }: Task): void {
    if (!batch) return;
    // A job that comes for it later goes by this, from another machine.
    this.writer.write({ type: 'ended', time: Date.now(), key: batch.key, task: number }, { sync: !hasBegun });
    batch.ended.add(number);
    if (batch.ended.size >= batch.runs.length) removeBatch(this.options.folder, batch.key);
  }

  /** Seconds, or less if it is closed. */
  async pause(seconds: number): Promise<void> {
    await sleep(seconds * 1000, undefined, { signal: this.closed }).catch(() => {});
  }
}
