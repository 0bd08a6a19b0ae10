/** Where a trainer's time goes: seconds by stage, for the record. */
export class Stages {
  readonly seconds: Record<string, number> = {};

  /** Runs a part of a stage and counts its time. */
  async time<T>(stage: string, run: () => Promise<T>): Promise<T> {
    const started = performance.now();
    try {
      return await run();
    } finally {
      this.seconds[stage] = (this.seconds[stage] ?? 0) + (performance.now() - started) / 1000;
    }
  }

  /** Rounded to milliseconds. */
  rounded(): Record<string, number> {
    return Object.fromEntries(
      Object.entries(this.seconds).map(([stage, seconds]) => [stage, Math.round(seconds * 1000) / 1000]),
    );
  }
}
