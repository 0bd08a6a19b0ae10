/** A checkpoint that took no longer is written whenever there is something new. */
const SHORT = 50; // ms

/** Checkpoints take at most this share of the time. */
const SHARE = 1 / 20;

/**
 * When the next checkpoint is due. After epochs of a second, the checkpoints of a network of 11 million parameters would take a third of the
 * time, by what they write and hash beside the steps: they are written less often then, and what a killed run repeats is still seconds.
 */
export class Pace {
  private readonly longest: number;
  private ended = Number.NEGATIVE_INFINITY;
  private took = 0;

  /** `longest`: most milliseconds from one checkpoint to the next. */
  constructor(longest: number) {
    this.longest = longest;
  }

  /** Milliseconds of the same clock as those of `written`. */
  due(now: number): boolean {
    return this.took <= SHORT || now - this.ended >= Math.min(this.longest, this.took / SHARE);
  }

  /** A checkpoint was begun and is on the disk now. */
  written(began: number, now: number): void {
    this.took = now - began;
    this.ended = now;
  }
}
