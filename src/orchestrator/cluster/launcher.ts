import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Handle, Job, Launcher } from '../launchers/launcher.ts';
import { Canceller } from './canceller.ts';
import { nameOf } from './engine.ts';
import { Follower } from './follower.ts';
import { type ClusterOptions, Ledger } from './ledger.ts';
import { Submitter } from './submitter.ts';
import { Task } from './task.ts';

/**
 *   start ─▶ Submitter: gathered, submitted once        Ledger: tasks and their journal
 *     │ a run that has a job already   │
 *     └────────────────────────────────┴─▶ Follower: claims, ends, the engine's word ─▶ exited
 *   stop, kill ─▶ Canceller
 *
 * Starts trainers as jobs of a cluster, each exactly once (see docs/clusters.md).
 */
export class ClusterLauncher {
  readonly name: string;
  private readonly ledger: Ledger;
  private readonly submitter: Submitter;
  private readonly canceller: Canceller;
  private readonly follower: Follower;

  constructor(options: ClusterOptions) {
    this.name = options.engine.name;
    this.ledger = new Ledger(options);
    this.canceller = new Canceller(this.ledger, () => this.follower.askSoon());
    this.submitter = new Submitter(this.ledger, ({ tasks }) => {
      // Those that were asked to end while it was submitted.
      const ending = [...tasks.values()].filter((task) => task.ending !== undefined);
      if (ending.length > 0) void this.canceller.cancel(ending, 'save').then(() => this.follower.askSoon());
    });
    const restored = this.ledger.restore();
    this.follower = new Follower(this.ledger, (task) => {
      if (task.work) this.submitter.gather(task);
      else this.ledger.drop(task);
    });
    for (const batch of restored) if (batch.unsure) this.submitter.recover(batch);
  }

  /** A launcher of jobs of one kind. */
  of(kind: number): Launcher {
    return { name: this.name, start: (job) => this.start(job, kind) };
  }

  /** Runs that an earlier command submitted and that nobody has asked for yet. */
  get unclaimed(): string[] {
    return this.ledger
      .all()
      .filter(({ wanted }) => !wanted)
      .map(({ runDir }) => runDir);
  }

  /** Ends what nobody asked for, and waits for what was asked to end. */
  async close(): Promise<void> {
    const { ledger } = this;
    const left = ledger.all().filter(({ wanted, over }) => !wanted && !over);
    for (const task of left) this.canceller.ask(task, 'save');
    const longest = (ledger.options.grace + 5) * 1000;
    const patience = sleep(longest, undefined, { signal: ledger.closed }).catch(() => {});
    if (left.length > 0) await Promise.race([Promise.all(left.map(({ exited }) => exited)), patience]);
    await this.canceller.close();
    await this.follower.seeAllOff();
    ledger.close();
    await Promise.allSettled([this.follower.close(), this.submitter.close()]);
    ledger.closeJournal();
  }

  private start(work: Job, kind: number): Handle {
    const runDir = resolve(work.runDir);
    const found = this.ledger.get(runDir);
    const adopted = found !== undefined && !found.wanted;
    const task = adopted ? found : new Task(runDir, kind);
    task.wanted = true;
    task.work = work;
    if (!adopted) {
      this.ledger.add(task);
      this.submitter.gather(task);
    }
    return {
      get job() {
        return (
          task.batch && {
            key: nameOf(task.batch.key, task.number),
            ...(task.claimant ? { id: task.claimant } : {}),
          }
        );
      },
      from: task.from,
      exited: task.exited,
      begun: task.begun,
      runs: () => !task.waits,
      stop: () => this.canceller.ask(task, 'save'),
      kill: () => this.canceller.ask(task, 'kill'),
    };
  }
}
