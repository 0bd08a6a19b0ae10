import type { Experiment } from '../../spec/index.ts';
import { constant } from './constant.ts';
import { cosine } from './cosine.ts';
import { plateau } from './plateau.ts';
import type { Schedule, ScheduleContext } from './schedule.ts';

export type { Schedule, ScheduleContext, ScheduleState } from './schedule.ts';

type Options = Experiment['schedule'];
type Maker<Name> = (options: Extract<Options, { name: Name }>, context: ScheduleContext) => Schedule;

/** Every schedule by the name that the spec gives it: one line each. */
const schedules: { [Name in Options['name']]: Maker<Name> } = {
  constant,
  plateau,
  cosine,
};

/** The schedule of a spec. */
export function createSchedule(options: Options, context: ScheduleContext): Schedule {
  // The table's type ties each name to its options; TypeScript cannot follow it through the index.
  return (schedules[options.name] as (options: Options, context: ScheduleContext) => Schedule)(
    options,
    context,
  );
}
