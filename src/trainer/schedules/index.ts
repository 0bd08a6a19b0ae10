import type { Experiment } from '../../spec/index.ts';
import { constant } from './constant.ts';
import { cosine } from './cosine.ts';
import { oneCycle } from './one-cycle.ts';
import { plateau } from './plateau.ts';
import { polynomial } from './polynomial.ts';
import type { Decline, Schedule, ScheduleContext } from './schedule.ts';
import { step } from './step.ts';
import { withWarmup } from './warmup.ts';

export type { Schedule, ScheduleContext, ScheduleState } from './schedule.ts';
export { warmupSteps } from './warmup.ts';

type Options = Experiment['schedule'];
type Maker<Name> = (options: Extract<Options, { name: Name }>, context: ScheduleContext) => Decline;

/** Every schedule by the name that the spec gives it: one line each. */
const schedules: { [Name in Options['name']]: Maker<Name> } = {
  constant,
  plateau,
  cosine,
  polynomial,
  step,
  one_cycle: oneCycle,
};

/** The schedule of a spec. */
export function createSchedule(options: Options, context: ScheduleContext): Schedule {
  // The table's type ties each name to its options; TypeScript cannot follow it through the index.
  const decline = (schedules[options.name] as (options: Options, context: ScheduleContext) => Decline)(
    options,
    context,
  );
  return withWarmup(options, decline, context);
}
