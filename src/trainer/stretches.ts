import type { Phase } from '../model/index.ts';
import type { Experiment } from '../spec/index.ts';
import { createSchedule, type Schedule, warmupSteps } from './schedules/index.ts';

/** A phase of the training as it is run: the whole of it where the spec has none. */
export interface Stretch {
  /** Epochs before it. */
  first: number;
  epochs: number;
  schedule: Schedule;
  phase: Phase;
  /** Its warmup was not shorter than itself, and is cut. */
  cut: boolean;
}

/** The phases that train.epochs reaches; the last of the spec lasts until its end. */
export function stretchesOf(
  { optimizer, schedule, train }: Pick<Experiment, 'optimizer' | 'schedule' | 'train'>,
  stepsPerEpoch: number,
): Stretch[] {
  const { epochs: total, phases, early_stopping } = train;
  const parts: typeof phases = phases.length > 0 ? phases : [{ epochs: total, train: ['*'] }];
  const found: Stretch[] = [];
  let first = 0;
  for (const [index, part] of parts.entries()) {
    const left = total - first;
    if (left <= 0) break;
    const epochs = index === parts.length - 1 ? left : Math.min(part.epochs, left);
    const { lr = optimizer.lr, ...phase } = part;
    const context = { lr, epochs, stepsPerEpoch, mode: early_stopping.mode };
    found.push({
      first,
      epochs,
      schedule: createSchedule(schedule, context),
      phase: {
        firstStep: first * stepsPerEpoch + 1,
        ...(phase.train ? { train: phase.train } : {}),
        ...(phase.rates ? { rates: phase.rates } : {}),
      },
      cut: warmupSteps(schedule, context).cut,
    });
    first += epochs;
  }
  return found;
}

/** The stretch that an epoch belongs to; epochs count from 0. */
export const stretchAt = (stretches: readonly Stretch[], epoch: number): Stretch =>
  stretches.findLast(({ first }) => first <= epoch) ?? stretches[0]!;

/** The learning rate of an optimizer step; they count from 1. */
export const rateAt = (
  { schedule, phase }: Stretch,
  state: Parameters<Schedule['rate']>[0],
  step: number,
): number => schedule.rate(state, Math.max(1, step - phase.firstStep + 1));
