import { relative, resolve } from 'node:path';
import { programFile } from '../../base/folders.ts';
import { batchFile, countJobs, jobsFolder, readClaim, writeBatch } from '../../record/index.ts';
import type { Job } from '../launchers/launcher.ts';
import { EngineError, type Submission } from './engine.ts';
import { newKey } from './key.ts';
import type { Ledger } from './ledger.ts';
import { jobScript, quote, SLURM_JOB } from './script.ts';
import type { LiveBatch, Task } from './task.ts';

/** Seconds for which starts are gathered into one submission. */
const GATHER = 0.2;
/** Seconds between two tries of a call that failed. */
const BACKOFF = [1, 2, 4, 8, 16, 30, 60] as const;

const backoff = (round: number): number => BACKOFF[Math.min(round, BACKOFF.length - 1)]!;

/**
 *   gathered by kind ─▶ intent on disk ─▶ engine ─▶ id on disk
 *                                           └ an error ─▶ looked for by its key ─▶ adopted, or submitted again
 *
 * Submits tasks, each exactly once.
 */
export class Submitter {
  private readonly gathered = new Map<string, Task[]>();
  private readonly working = new Map<string, Promise<void>>();
  /** Jobs of a submission, as a queue that is full has taught. */
  private limit = Number.POSITIVE_INFINITY;
  private saidFull = false;

  /** `submitted`: told of what the engine has. */
  constructor(
    private readonly ledger: Ledger,
    private readonly submitted: (batch: LiveBatch) => void,
  ) {}

  gather(task: Task): void {
    const { command, env, cwd } = task.work!;
    const like = JSON.stringify([task.kind, command, env, cwd]);
    const waiting = this.gathered.get(like);
    if (waiting) waiting.push(task);
    else this.gathered.set(like, [task]);
    this.flushSoon(like);
  }

  /** Finds what became of a call whose outcome nobody lived to write down. */
  recover(batch: LiveBatch): void {
    this.track(batch.key, this.adoptOrFree(batch));
  }

  /** Waits for the calls that are under way. */
  async close(): Promise<void> {
    await Promise.allSettled(this.working.values());
  }

  private async adoptOrFree(batch: LiveBatch): Promise<void> {
    const { ledger } = this;
    const id = await this.lookUp(batch);
    if (id !== undefined) this.adopt(batch, id);
    else if (!ledger.closed.aborted) {
      ledger.withdraw(batch, 'It was never submitted.');
      for (const task of batch.tasks.values()) {
        if (task.over) continue;
        if (task.work) this.gather(task);
        else ledger.drop(task);
      }
    }
  }

  private flushSoon(like: string): void {
    if (this.working.has(like)) return;
    this.track(
      like,
      this.ledger.pause(GATHER).then(() => this.flush(like)),
    );
  }

  private track(name: string, work: Promise<void>): void {
    const { closed, options } = this.ledger;
    const done = work
      .catch((error: Error) => options.note(`${options.engine.name}: ${error.message}`))
      .finally(() => {
        this.working.delete(name);
        // What was gathered in the very moment.
        if (!closed.aborted && (this.gathered.get(name)?.length ?? 0) > 0) this.flushSoon(name);
      });
    this.working.set(name, done);
  }

  /** Submits what was gathered of one kind, one call after another. */
  private async flush(like: string): Promise<void> {
    const { ledger } = this;
    const waiting = this.gathered.get(like) ?? [];
    while (waiting.length > 0 && !ledger.closed.aborted) {
      const jobs = Math.min(await ledger.options.engine.batchSize(), this.limit);
      const due = this.dueOf(waiting, jobs);
      // It is looked again in a moment.
      if (due === 0) return;
      const tasks = waiting.splice(0, due).filter(({ over }) => !over);
      if (tasks.length === 0) continue;
      try {
        const later = await this.submit(tasks);
        waiting.unshift(...later);
      } catch (error) {
        for (const task of tasks) ledger.conclude(task, { error: (error as Error).message });
        if (!(error instanceof EngineError)) throw error;
      }
    }
  }

  /**
   * How many of the tasks that wait are submitted now, in so many jobs at most. While others wait for room at the engine, only as many as
   * fill jobs: what comes later joins the rest.
   */
  private dueOf(waiting: readonly Task[], jobs: number): number {
    const { perJob = 1, parallel = Number.POSITIVE_INFINITY } = this.ledger.options;
    if (perJob === 1) return Math.min(waiting.length, jobs);
    const { open, waits } = this.ledger.load(waiting[0]!.kind);
    const most = Math.max(0, Math.min(jobs, parallel - open)) * perJob;
    const whole = waits ? waiting.length - (waiting.length % perJob) : waiting.length;
    return Math.min(whole, most);
  }

  /** The protocol: intent, call, id. Returns what the engine has no room for now. */
  private async submit(tasks: Task[]): Promise<Task[]> {
    const { ledger } = this;
    const { engine, label } = ledger.options;
    const batch = ledger.batchOf(newKey(label), tasks);
    this.writeBatch(batch, tasks[0]!.work!);
    ledger.submitting(batch);
    const submission = this.submissionOf(batch);
    for (let round = 0; ; round++) {
      if (tasks.every(({ over }) => over)) return [];
      try {
        this.adopt(batch, await engine.submit(submission));
        this.limit *= 2;
        this.saidFull = false;
        ledger.contact.answered();
        return [];
      } catch (error) {
        if (!(error instanceof EngineError)) throw error;
        if (error.kind === 'unknown') ledger.contact.silent(error.message);
        if (error.kind !== 'refused') await ledger.pause(backoff(round));
        // Whatever it said, it may have taken it.
        const id = error.kind === 'refused' ? undefined : await this.lookUp(batch);
        if (id !== undefined) {
          this.adopt(batch, id);
          return [];
        }
        if (ledger.closed.aborted) return [];
        if (error.kind === 'unknown') continue;
        ledger.withdraw(batch, error.message);
        if (error.kind === 'refused') throw error;
        this.sayFull(error.message);
        this.limit = Math.max(1, Math.floor(countJobs(batch) / 2));
        return tasks.filter(({ over }) => !over);
      }
    }
  }

  /** Once, until something was submitted again. */
  private sayFull(message: string): void {
    const { engine, note } = this.ledger.options;
    if (!this.saidFull)
      note(`${engine.name} takes no more jobs for now; the rest is submitted later: ${message}`);
    this.saidFull = true;
  }

  private submissionOf(batch: LiveBatch): Submission {
    const { engine, folder, setup, node } = this.ledger.options;
    const { key, kind } = batch;
    const name = engine.name === 'slurm' ? SLURM_JOB : quote(key);
    const file = resolve(batchFile(folder, key));
    return {
      ...{ key, kind, jobs: countJobs(batch) },
      script: jobScript({ setup, node, program: programFile(), batch: file, name }),
      out: resolve(jobsFolder(folder), `${key}.{job}.out`),
    };
  }

  private writeBatch({ key, runs, per_job }: LiveBatch, { command, env, cwd }: Job): void {
    const { folder, runsIn, grace, visibility, lead, requeues, track } = this.ledger.options;
    writeBatch(folder, {
      ...{ key, folder: relative(jobsFolder(folder), runsIn), runs, cwd: resolve(cwd) },
      ...(per_job === undefined ? {} : { per_job }),
      ...{ grace, visibility, command: [...command] },
      env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value ?? null])),
      ...(lead === undefined ? {} : { lead }),
      ...(requeues === undefined ? {} : { requeues }),
      ...(track === undefined ? {} : { track: resolve(track) }),
    });
  }

  private adopt(batch: LiveBatch, id: string): void {
    this.ledger.submitted(batch, id);
    this.submitted(batch);
  }

  /** The id under which the engine has a batch, by its key or by what its jobs wrote; undefined if it has none. Waits for an answer. */
  private async lookUp(batch: LiveBatch): Promise<string | undefined> {
    const { closed, options, contact } = this.ledger;
    batch.unsure = true;
    const open = () => !closed.aborted && [...batch.tasks.values()].some(({ over }) => !over);
    for (let round = 0; open(); round++) {
      const claimed = this.claimedBy(batch);
      if (claimed !== undefined) return claimed;
      try {
        const [id] = await options.engine.find(batch.key, batch.time);
        contact.answered();
        return id;
      } catch (error) {
        contact.silent((error as Error).message);
        await this.ledger.pause(backoff(round));
      }
    }
    return undefined;
  }

  private claimedBy({ key, tasks }: LiveBatch): string | undefined {
    for (const number of tasks.keys()) {
      const claim = readClaim(this.ledger.jobs, key, number);
      if (claim?.job) return claim.job.replace(/_\d+$/, '');
    }
    return undefined;
  }
}
