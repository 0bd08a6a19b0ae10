import { setTimeout as sleep } from 'node:timers/promises';

/** Work in order; what is to be done again waits for its time while the rest goes on. */
export class WorkQueue<T> {
  private readonly ready: T[];
  private readonly waiting: { item: T; at: number }[] = [];

  constructor(items: readonly T[]) {
    // Taken from the end, which costs nothing however long it is.
    this.ready = [...items].reverse();
  }

  get size(): number {
    return this.ready.length + this.waiting.length;
  }

  /** What is taken next if nothing that waits comes first; up to `count`. */
  upcoming(count: number): T[] {
    return this.ready.slice(-count).reverse();
  }

  /** Puts work back, to be taken before the rest after `delay` milliseconds. */
  again(item: T, delay: number): void {
    this.waiting.push({ item, at: performance.now() + delay });
  }

  /** What is next; where only waiting work is left, it is waited for. Undefined where there is none, or `signal` was aborted. */
  async next(signal: AbortSignal): Promise<{ item: T; waited: boolean } | undefined> {
    for (let waited = false; !signal.aborted; waited = true) {
      const now = performance.now();
      const due = this.waiting.findIndex(({ at }) => at <= now);
      if (due !== -1) return { item: this.waiting.splice(due, 1)[0]!.item, waited };
      const item = this.ready.pop();
      if (item !== undefined) return { item, waited };
      if (this.waiting.length === 0) return undefined;
      const soonest = Math.min(...this.waiting.map(({ at }) => at));
      await sleep(Math.max(1, soonest - now), undefined, { signal }).catch(() => {});
    }
    return undefined;
  }
}
