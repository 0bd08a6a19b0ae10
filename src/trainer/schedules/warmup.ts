import type { Decline, Schedule, ScheduleContext } from './schedule.ts';

export interface WarmupOptions {
  /** Epochs. */
  warmup: number;
  /** Steps, in place of epochs where above 0. */
  warmup_steps: number;
}

/** Steps of a warmup, and whether it was cut: one that is not shorter than the training lasts half of it. */
export function warmupSteps(
  { warmup, warmup_steps }: WarmupOptions,
  { epochs, stepsPerEpoch }: Pick<ScheduleContext, 'epochs' | 'stepsPerEpoch'>,
): { steps: number; cut: boolean } {
  const total = epochs * stepsPerEpoch;
  const asked = warmup_steps > 0 ? warmup_steps : Math.round(warmup * stepsPerEpoch);
  return asked > 0 && asked >= total
    ? { steps: Math.floor(total / 2), cut: true }
    : { steps: asked, cut: false };
}

/** A linear rise to the learning rate, then what follows it. */
export function withWarmup(options: WarmupOptions, decline: Decline, context: ScheduleContext): Schedule {
  const total = context.epochs * context.stepsPerEpoch;
  const { steps } = warmupSteps(options, context);
  return {
    start: decline.start ?? (() => ({})),
    rate: (state, step) => {
      const place = {
        index: Math.max(0, step - steps - 1),
        total: total - steps,
        epoch: Math.floor((step - 1) / context.stepsPerEpoch),
      };
      if (step > steps) return decline.rate(state, place);
      return decline.rate(state, { ...place, index: 0 }) * (step / steps);
    },
    afterEpoch: decline.afterEpoch ?? ((state) => state),
  };
}
