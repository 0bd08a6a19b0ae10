import { linesOf } from '../../base/lines.ts';
import { type Event, EventDecoder, eventsFile } from '../../record/index.ts';
import { legalKey } from './names.ts';
import { bestName } from './score-names.ts';
import { type Metric, metric } from './values.ts';

/**
 * Makes points of a run's events in their order, each metric once a step: what a trainer says of a step again, after a resume or with other
 * values, is left out, for MLflow can neither replace nor delete a point. So what is sent follows from the record alone, whenever it is sent.
 *
 * Scores of an end, of the best checkpoint, are at step 0, where MLflow draws a bar and not a curve of one point; those of a later end,
 * of a run that was trained for longer, at the step that they belong to.
 */
export class Points {
  private readonly own: boolean;
  private readonly start: number;
  private readonly seen = new Map<string, Set<number>>();
  /** The last step. */
  private step = 0;
  /** Ends of the training so far. */
  private ends = 0;
  /** Since the last end there were scores of the test. */
  private tested = false;

  /** `own`: the trainer is the built-in one, whose `test/…` are scores of an end. `start`: milliseconds since 1970, for events without a time. */
  constructor({ own, start }: { own: boolean; start: number }) {
    this.own = own;
    this.start = start;
  }

  /** Takes in what was sent before: the first bytes of the run's events. */
  skip(runDir: string, bytes: number): this {
    if (bytes === 0) return this;
    const decoder = new EventDecoder(eventsFile(runDir));
    for (const line of linesOf(eventsFile(runDir))) {
      if (line.start >= bytes) break;
      for (const event of decoder.decode(line)) this.of(event);
    }
    return this;
  }

  /** Of what was taken in, 0 before any. */
  get lastStep(): number {
    return this.step;
  }

  of(event: Event): Metric[] {
    const time = event.time || this.start;
    if (event.type === 'metric') return this.ofMetric(event, time);
    if (event.type !== 'finished') return [];
    const scores = Object.entries(event.metrics).filter(
      ([name]) => !(this.tested && name.startsWith('test/')),
    );
    const step = this.final();
    this.ends++;
    this.tested = false;
    return scores.flatMap(([name, value]) => this.once(legalKey(bestName(name)), value, time, step));
  }

  private ofMetric({ step: told, epoch, values }: Extract<Event, { type: 'metric' }>, time: number) {
    // A trainer of another make may give a step that is no number: it is taken for the next.
    const whole = Math.trunc(told);
    const step = Number.isSafeInteger(whole) ? whole : this.step + 1;
    this.step = step;
    const points: Metric[] = [];
    for (const [name, value] of Object.entries(values)) {
      const test = name.startsWith('test/');
      this.tested ||= test;
      points.push(...this.once(legalKey(name), value, time, test && this.own ? this.final() : step));
    }
    if (epoch > 0 && !('epoch' in values)) points.push(...this.once('epoch', epoch, time, step));
    return points;
  }

  private final(): number {
    return this.ends === 0 ? 0 : this.step;
  }

  private once(key: string, value: number, time: number, step: number): Metric[] {
    let steps = this.seen.get(key);
    if (!steps) {
      steps = new Set();
      this.seen.set(key, steps);
    }
    if (steps.has(step)) return [];
    steps.add(step);
    return [metric(key, value, time, step)];
  }
}
