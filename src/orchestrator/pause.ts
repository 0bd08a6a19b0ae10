import { setTimeout as sleep } from 'node:timers/promises';
import { isDiskNearlyFull } from '../base/disk.ts';

export interface PauseOptions {
  /** Folder whose disk the trials write on. */
  folder: string;
  /** Milliseconds after which it is tried again whatever there is to see. */
  longest?: number;
  /** Milliseconds between two looks. */
  interval?: number;
}

/** Holds a sweep back while the machine is at fault. One that nothing can be seen of ends after the delay it was given. */
export class Pause {
  private readonly options: Required<PauseOptions>;
  private current: Promise<void> | undefined;
  /** Why it holds. */
  reason: string | undefined;

  constructor(options: PauseOptions) {
    this.options = { longest: 30 * 60_000, interval: 1000, ...options };
  }

  get active(): boolean {
    return this.current !== undefined;
  }

  /** Begins, or continues, for at least `delay` milliseconds; `over` is called when trials may start again. */
  begin(reason: string, delay: number, signal: AbortSignal, over: () => void): void {
    if (this.current) return;
    this.reason = reason;
    this.current = this.wait(delay, signal).then(() => {
      this.current = undefined;
      this.reason = undefined;
      over();
    });
  }

  /** Resolves when trials may start. Returns whether it had to be waited for. */
  async passed(): Promise<boolean> {
    const waited = this.current !== undefined;
    while (this.current) await this.current;
    return waited;
  }

  private async wait(delay: number, signal: AbortSignal): Promise<void> {
    const { folder, longest, interval } = this.options;
    const since = performance.now();
    const rest = (ms: number) => sleep(ms, undefined, { signal }).catch(() => {});
    await rest(delay);
    while (!signal.aborted && isDiskNearlyFull(folder) && performance.now() - since < longest)
      await rest(interval);
  }
}
