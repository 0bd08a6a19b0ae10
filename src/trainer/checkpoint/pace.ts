/** A checkpoint that takes no longer is written whenever there is something new. */
const SHORT = 50; // ms

/** Checkpoints take at most this share of the time. */
const SHARE = 1 / 20;

/** What a fast disk writes in a millisecond: what the first checkpoint will take is not known before. */
const BYTES_A_MILLISECOND = 1e6;

/**
 * When the next checkpoint is due. After epochs of a second, the checkpoints of a network of 11 million parameters would take a third of the
 * time, by what they write and hash beside the steps: they are written less often then, and what a killed run repeats is still seconds.
 */
export class Pace {
  private readonly longest: number;
  private ended: number;
  private took: number;

  /** `longest`: most milliseconds from one checkpoint to the next; `bytes`: about what one has; `now`: when training begins. */
  constructor(longest: number, bytes = 0, now = 0) {
    this.longest = longest;
    this.took = bytes / BYTES_A_MILLISECOND;
    this.ended = now;
  }

  /** Milliseconds of the clock that tells when training begins. */
  due(now: number): boolean {
    return this.took <= SHORT || now - this.ended >= Math.min(this.longest, this.took / SHARE);
  }

  /** A checkpoint was begun and is on the disk now. */
  written(began: number, now: number): void {
    this.took = now - began;
    this.ended = now;
  }
}
