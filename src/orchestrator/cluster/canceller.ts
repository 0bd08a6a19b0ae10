import { askToStop } from '../../record/index.ts';
import type { Ledger } from './ledger.ts';
import { referencesOf, type Task } from './task.ts';

/** Milliseconds after which what was killed counts as ended, whatever the engine says. */
const KILLED = 20_000;

/** Has tasks end: by a request in the folder of the jobs, which holds also while the engine does not answer, and by the engine. */
export class Canceller {
  private readonly gathered = new Map<'save' | 'kill', Set<Task>>();

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
    setImmediate(() => {
      const tasks = [...this.gathered.get(how)!].filter(({ over }) => !over);
      this.gathered.delete(how);
      void this.cancel(tasks, how).then(this.cancelled);
    });
  }

  async cancel(tasks: readonly Task[], how: 'save' | 'kill'): Promise<void> {
    const { options, contact } = this.ledger;
    if (tasks.length === 0) return;
    try {
      await options.engine.cancel(referencesOf(tasks), how);
    } catch (error) {
      // The request is in the folder of the jobs, too.
      contact.silent((error as Error).message);
    }
  }
}
