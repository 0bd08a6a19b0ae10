import { dirname } from 'node:path';
import { plural } from '../../base/format.ts';
import { countJobs, isJobOver, type OpenBatch, readBatches } from '../../record/index.ts';
import { type Engine, nameOf, type Reference } from './engine.ts';

/**
 * Jobs that an engine takes for running though the record of their sweep, whichever it is, tells the ends of all their tasks: a controller
 * that was killed may come back with an older state. They hold nodes that others wait for.
 */
export class Overdue {
  /** Milliseconds of performance.now(): of the last look, and by job of the first at which it was overdue. */
  private looked = Number.NEGATIVE_INFINITY;
  private since = new Map<string, number>();

  /** `linger`: seconds that an engine has to notice an end, and between two looks. */
  constructor(
    private readonly engine: Engine,
    private readonly linger: number,
  ) {}

  /** Cancels those that have been overdue for long, of one sweep's folder only where it is given. Returns how many there were. */
  async end(only?: string): Promise<number> {
    const now = performance.now();
    if (!this.engine.running || now - this.looked < this.linger * 1000) return 0;
    this.looked = now;
    try {
      const late = await this.late(only, now);
      if (late.length > 0) await this.engine.cancel(late, 'kill');
      return late.length;
    } catch {
      // An engine that does not answer is asked again.
      return 0;
    }
  }

  private async late(only: string | undefined, now: number): Promise<Reference[]> {
    const records = new Map<string, Map<string, OpenBatch>>();
    const before = this.since;
    this.since = new Map();
    const late: Reference[] = [];
    for (const { key, id, job, folder } of await this.engine.running!()) {
      const sweep = dirname(folder);
      if (only !== undefined && sweep !== only) continue;
      if (!records.has(sweep)) records.set(sweep, readBatches(sweep));
      const batch = records.get(sweep)!.get(key);
      if (!batch || job >= countJobs(batch) || !isJobOver(batch, job)) continue;
      const first = before.get(nameOf(key, job)) ?? now;
      if (now - first >= this.linger * 1000) late.push({ key, id, jobs: [job] });
      else this.since.set(nameOf(key, job), first);
    }
    return late;
  }
}

export const overdueText = (engine: string, jobs: number): string =>
  `${engine} took ${plural(jobs, 'job')} for running that had ended by the record: cancelled.`;
