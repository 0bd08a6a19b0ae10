import { endOf } from '../../base/lines.ts';
import { eventsFile, type OpenBatch } from '../../record/index.ts';
import type { Exit, Job } from '../launchers/launcher.ts';
import type { Reference } from './engine.ts';

/** A batch that the engine has, or may have. */
export interface LiveBatch extends OpenBatch {
  /** A call that may have submitted it has failed: it is looked for before it is submitted again. */
  unsure: boolean;
  tasks: Map<number, Task>;
}

/** One start of a run's trainer as a task of a batch. */
export class Task {
  readonly exited: Promise<Exit>;
  readonly begun: Promise<void>;
  hasBegun = false;
  /** It waits in the engine's queue, for the first time or again. */
  waits = true;
  /** It was asked to end; what may run is to save, or is killed. */
  ending: 'save' | 'kill' | undefined;
  /** Milliseconds of performance.now() since when the engine knows of no end that the record does not tell. */
  silentSince: number | undefined;
  /** Milliseconds of performance.now() since when its end is there, and its events not yet as far. */
  endSince: number | undefined;
  /** How often its engine has lost it before it began. */
  losses = 0;
  over = false;
  batch: LiveBatch | undefined;
  number = 0;
  /** Name of the job that claimed it. */
  job: string | undefined;
  /** Somebody waits for its end. */
  wanted = true;
  /** What it is to run; undefined while nobody asked for what an earlier command has submitted. */
  work: Job | undefined;
  readonly from: number;
  private resolveExit!: (exit: Exit) => void;
  private resolveBegun!: () => void;

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

  begin(job: string | undefined): void {
    this.job ??= job;
    this.hasBegun = true;
    this.waits = false;
    this.resolveBegun();
  }

  end(exit: Exit): void {
    this.over = true;
    this.waits = false;
    this.resolveBegun();
    this.resolveExit(exit);
  }
}

/** Tasks as their engine is asked for them, by batch. */
export function referencesOf(tasks: Iterable<Pick<Task, 'batch' | 'number'>>): Reference[] {
  const found = new Map<LiveBatch, number[]>();
  for (const { batch, number } of tasks) {
    if (!batch) continue;
    const numbers = found.get(batch);
    if (numbers) numbers.push(number);
    else found.set(batch, [number]);
  }
  return [...found].map(([{ key, id }, numbers]) => ({ key, id, tasks: numbers }));
}
