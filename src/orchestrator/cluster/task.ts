import { endOf } from '../../base/lines.ts';
import { eventsFile, jobOfTask, type OpenBatch, type TaskEnd } from '../../record/index.ts';
import type { Exit, Job } from '../launchers/launcher.ts';
import type { Reference } from './engine.ts';

/** A batch that the engine has, or may have. */
export interface LiveBatch extends OpenBatch {
  /** A call that may have submitted it has failed: it is looked for before it is submitted again. */
  unsure: boolean;
  tasks: Map<number, Task>;
  /** Jobs that have claimed a task. */
  begun: Set<number>;
}

/** One start of a run's trainer as a task of a batch. */
export class Task {
  readonly exited: Promise<Exit>;
  /** To false if it ends before. */
  readonly begun: Promise<boolean>;
  hasBegun = false;
  /** It waits in the engine's queue, for the first time or again. */
  waits = true;
  /** It was asked to end; what may run is to save, or is killed. */
  ending: 'save' | 'kill' | undefined;
  /** Milliseconds of performance.now() since when the engine knows of no end that the record does not tell. */
  silentSince: number | undefined;
  /** Milliseconds of performance.now() since when its end is there, and its events not yet as far. */
  endSince: number | undefined;
  /** Its end, where its job was told to end by somebody: whether it was cancelled the engine knows. */
  toldEnd: TaskEnd | undefined;
  /** How often its engine has lost it before it began. */
  losses = 0;
  over = false;
  batch: LiveBatch | undefined;
  number = 0;
  /** The job that claimed it, as its engine names it. */
  claimant: string | undefined;
  /** Somebody waits for its end. */
  wanted = true;
  /** What it is to run; undefined while nobody asked for what an earlier command has submitted. */
  work: Job | undefined;
  readonly from: number;
  private resolveExit!: (exit: Exit) => void;
  private resolveBegun!: (hasBegun: boolean) => void;

  /** `from`: bytes of the run's events before this start. */
  constructor(
    readonly runDir: string,
    readonly kind: number,
    from?: number,
  ) {
    this.from = from ?? endOf(eventsFile(runDir));
    this.exited = new Promise((resolve) => {
      this.resolveExit = resolve;
    });
    this.begun = new Promise((resolve) => {
      this.resolveBegun = resolve;
    });
  }

  /** The number of its batch's job that runs it, perhaps after others. */
  get job(): number {
    return this.batch ? jobOfTask(this.batch, this.number) : 0;
  }

  begin(claimant: string | undefined): void {
    this.claimant ??= claimant;
    // An engine that has long been silent about it has its time again.
    if (!this.hasBegun) this.silentSince = undefined;
    this.hasBegun = true;
    this.waits = false;
    this.batch?.begun.add(this.job);
    this.resolveBegun(true);
  }

  end(exit: Exit): void {
    this.over = true;
    this.waits = false;
    this.resolveBegun(false);
    this.resolveExit(exit);
  }
}

/** The jobs of tasks as their engine is asked for them, by batch. */
export function referencesOf(tasks: Iterable<{ batch: LiveBatch | undefined; job: number }>): Reference[] {
  const found = new Map<LiveBatch, Set<number>>();
  for (const { batch, job } of tasks) {
    if (!batch) continue;
    const jobs = found.get(batch);
    if (jobs) jobs.add(job);
    else found.set(batch, new Set([job]));
  }
  return [...found].map(([{ key, id }, jobs]) => ({ key, id, jobs: [...jobs] }));
}
