import { setImmediate as immediate } from 'node:timers/promises';
import { askToStop, tasksOfJob, withdrawTask } from '../../record/index.ts';
import type { Ledger } from './ledger.ts';
import { referencesOf, type Task } from './task.ts';

/** Milliseconds after which what was killed counts as ended, whatever the engine says. */
const KILLED = 20_000;

/**
 * Has tasks end: by a request in the folder of the jobs, which holds also while the engine does not answer and leaves the other tasks of
 * a job alone, and by the engine where it ends the last tasks of a job.
 */
export class Canceller {
  private readonly gathered = new Map<'save' | 'kill', Set<Task>>();
  private readonly working = new Set<Promise<void>>();

  /** `cancelled`: told when the engine was asked. */
  constructor(
    private readonly ledger: Ledger,
    private readonly cancelled: () => void,
  ) {}

  /** Asks a task to end. One that the engine does not have ends at once; one that it may have, without a word to the engine. */
  ask(task: Task, how: 'save' | 'kill'): void {
    if (task.over || task.ending === how || task.ending === 'kill') return;
    task.ending = how;
    const { ledger } = this;
    const { batch } = task;
    if (!batch || (batch.id === undefined && how === 'kill')) {
      ledger.conclude(task, { signal: 'SIGTERM' });
      return;
    }
    askToStop(ledger.jobs, batch.key, task.number, how);
    if (batch.id !== undefined) this.soon(task, how);
    if (!task.hasBegun && withdrawTask(ledger.jobs, batch.key, task.number)) {
      ledger.conclude(task, { signal: 'SIGTERM' });
      return;
    }
    if (how === 'save') return;
    // Nobody waits for an engine that does not answer.
    setTimeout(() => ledger.conclude(task, { signal: 'SIGKILL' }), KILLED).unref();
  }

  /** What is asked to end at once is one call. */
  private soon(task: Task, how: 'save' | 'kill'): void {
    const waiting = this.gathered.get(how);
    if (waiting) {
      waiting.add(task);
      return;
    }
    this.gathered.set(how, new Set([task]));
    const work = immediate()
      .then(() => {
        const tasks = [...this.gathered.get(how)!];
        this.gathered.delete(how);
        return this.cancel(tasks, how);
      })
      .then(this.cancelled)
      .finally(() => this.working.delete(work));
    this.working.add(work);
  }

  /** Waits for the calls that are under way. */
  async close(): Promise<void> {
    await Promise.allSettled(this.working);
  }

  /** Asks the engine to end the jobs of tasks that have no other left. */
  async cancel(tasks: readonly Task[], how: 'save' | 'kill'): Promise<void> {
    const { options, contact } = this.ledger;
    const jobs = referencesOf(tasks.filter((task) => this.isLast(task, how)));
    if (jobs.length === 0) return;
    try {
      await options.engine.cancel(jobs, how);
    } catch (error) {
      // The request is in the folder of the jobs, too.
      contact.silent((error as Error).message);
    }
  }

  private isLast({ batch, job }: Task, how: 'save' | 'kill'): boolean {
    if (!batch) return false;
    return tasksOfJob(batch, job).every((number) => {
      const ending = batch.tasks.get(number)?.ending;
      return batch.ended.has(number) || ending === 'kill' || (ending !== undefined && ending === how);
    });
  }
}
