import type { EventWriter } from '../record/index.ts';

/** What the trainer is doing; the live view shows it. */
export type Stage = 'data' | 'model' | 'train' | 'validate' | 'test';

export interface Progress {
  stage: Stage;
  done: number;
  total: number;
  unit: string;
  epoch?: number;
  epochs?: number;
  step?: number;
  loss?: number;
  images_per_second?: number;
  best?: number;
}

/** Writes progress events: the first, then at most one an interval, and the last step of all. */
export class ProgressReporter {
  private readonly events: Pick<EventWriter, 'progress'>;
  private readonly interval: number;
  private readonly now: () => number;
  private written = Number.NEGATIVE_INFINITY;

  constructor(
    events: Pick<EventWriter, 'progress'>,
    { interval = 500 /* ms */, now = () => performance.now() } = {},
  ) {
    this.events = events;
    this.interval = interval;
    this.now = now;
  }

  report(progress: Progress): void {
    const time = this.now();
    const last = progress.stage === 'train' && progress.done >= progress.total;
    if (!last && time - this.written < this.interval) return;
    this.written = time;
    this.events.progress(progress);
  }
}

/** Images per second over the last few seconds, so that a change of speed is seen soon. */
export class Rate {
  private readonly marks: [time: number, images: number][] = [];
  private images = 0;
  private readonly window: number;
  private readonly now: () => number;

  constructor({ window = 5000 /* ms */, now = () => performance.now() } = {}) {
    this.window = window;
    this.now = now;
    this.marks.push([now(), 0]);
  }

  add(images: number): void {
    this.images += images;
    const time = this.now();
    this.marks.push([time, this.images]);
    while (this.marks.length > 2 && time - this.marks[1]![0] >= this.window) this.marks.shift();
  }

  /** Undefined before the first images. */
  value(): number | undefined {
    const [first, last] = [this.marks[0]!, this.marks.at(-1)!];
    return last[0] > first[0] ? ((last[1] - first[1]) * 1000) / (last[0] - first[0]) : undefined;
  }
}
