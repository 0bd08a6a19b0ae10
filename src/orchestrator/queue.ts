import { setTimeout as sleep } from 'node:timers/promises';

/** Returns work as there is room for it. */
export interface Source<T> {
  /** `wait`: what runs may lead to more; undefined: there is none any more. */
  next(): T | 'wait' | undefined;
}

/** Work in order; what is to be done again waits for its time while the rest continues. */
export class WorkQueue<T> {
  private readonly ready: T[];
  private readonly waiting: { item: T; at: number }[] = [];

  private poked = new AbortController();

  /** `source`: asked for more where the items are used up. */
  constructor(
    items: readonly T[],
    private readonly source?: Source<T>,
  ) {
    // Taken from the end, which costs nothing however long it is.
    this.ready = [...items].reverse();
  }

  get size(): number {
    return this.ready.length + this.waiting.length;
  }

  /** Whether there may be more to do. */
  get open(): boolean {
    return this.size > 0 || this.source !== undefined;
  }

  /** Something has ended: those who wait for what it leads to look again. */
  poke(): void {
    this.poked.abort();
    this.poked = new AbortController();
  }

  /** What is taken next if nothing that waits comes first; up to `count`. */
  upcoming(count: number): T[] {
    return this.ready.slice(-count).reverse();
  }

  /** Puts work back, to be taken before the rest after `delay` milliseconds. */
  again(item: T, delay: number): void {
    this.waiting.push({ item, at: performance.now() + delay });
  }

  /** What is next; where only waiting work is left, it is waited for. Undefined if there is none, or `signal` was aborted. */
  async next(signal: AbortSignal): Promise<{ item: T; waited: boolean } | undefined> {
    for (let waited = false; !signal.aborted; waited = true) {
      const now = performance.now();
      const due = this.waiting.findIndex(({ at }) => at <= now);
      if (due !== -1) return { item: this.waiting.splice(due, 1)[0]!.item, waited };
      const item = this.ready.pop() ?? this.source?.next();
      if (item !== undefined && item !== 'wait') return { item, waited };
      if (this.waiting.length === 0 && item === undefined) return undefined;
      // A timer holds for 2³¹ − 1 ms at most, and fires at once for more, which a sum with fractions may come to.
      const wait = Math.min(2 ** 31 - 1, ...this.waiting.map(({ at }) => at - now));
      const either = AbortSignal.any([signal, this.poked.signal]);
      await sleep(Math.max(1, wait), undefined, { signal: either }).catch(() => {});
    }
    return undefined;
  }
}
