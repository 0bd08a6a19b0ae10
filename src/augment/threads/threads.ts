import { Worker } from 'node:worker_threads';
import { programModule } from '../../base/folders.ts';
import type { Augmenter } from '../types.ts';
import { type AugmentJob, awaitOthers, newCounters, takePart } from './job.ts';

/** Threads beside the own one that are of use: a batch has few images. */
const MOST = 7;

/** A batch that one thread augments faster is not worth the start of another. */
const WORTH = 2; // ms

/** No batch takes as long. */
const PATIENCE = 60_000; // ms

/**
 * Augments batches on the cores that training uses: while a batch is made, those of the engine stand idle. Which thread augments an image
 * changes nothing of it, since each image has a stream of its own. The threads start when a batch is seen to be worth it.
 */
export class AugmentThreads {
  private readonly count: number;
  private readonly worth: number;
  private readonly module: string;
  private workers: Worker[] | undefined;

  /**
   * `threads`: all that augment, the own one included; `worth`: milliseconds that a batch must take for others to start; `module`: what these
   * run, as a URL.
   */
  constructor(threads: number, { worth = WORTH, module }: { worth?: number; module?: string } = {}) {
    this.count = Math.max(0, Math.min(threads - 1, MOST));
    this.worth = worth;
    this.module = module ?? programModule('augment/threads/thread');
  }

  /** Memory that the threads share. */
  memory(bytes: number): Uint8Array {
    return this.count > 0 ? new Uint8Array(new SharedArrayBuffer(bytes)) : new Uint8Array(bytes);
  }

  /** Augments the images of a job, which lie in `memory`, and returns when all are done. Throws what failed. */
  apply(given: Omit<AugmentJob, 'counters'>, augmenter: Pick<Augmenter, 'apply'>): void {
    const job = { ...given, counters: newCounters() };
    const started = performance.now();
    for (const worker of this.workers ?? []) worker.postMessage(job);
    takePart(job, augmenter);
    if (!awaitOthers(job, PATIENCE)) throw new Error('A thread that augments images has failed.');
    if (!this.workers && this.count > 0 && performance.now() - started >= this.worth) this.start();
  }

  close(): void {
    for (const worker of this.workers ?? []) void worker.terminate();
    this.workers = undefined;
  }

  private start(): void {
    this.workers = Array.from({ length: this.count }, () => {
      const worker = new Worker(new URL(this.module));
      worker.unref();
      // What it could not do is seen by the batch that waits for it; without it the others do its part.
      worker.on('error', () => {
        this.workers = this.workers?.filter((one) => one !== worker);
      });
      return worker;
    });
  }
}
