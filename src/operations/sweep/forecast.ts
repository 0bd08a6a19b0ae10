import { formatDuration, plural } from '../../base/format.ts';
import { formatWhen } from '../../base/when.ts';
import { listGpus } from '../../machine/index.ts';
import { type EndForecast, earlierRuns, type Forecast, forecastEnd } from '../../record/index.ts';
import type { ResolvedExperiment } from '../../spec/index.ts';
import type { Trial } from '../../sweep/index.ts';
import { chooseSlots } from '../choose-slots.ts';

export interface SweepForecast extends Forecast {
  /** Of all that is left; undefined if nothing tells of a part of it. */
  end?: EndForecast;
  /** Trials at a time. */
  slots: number;
}

/**
 * What is finished of a sweep, how long the rest takes and when it ends, by earlier runs, finished trials and the preflight. The GPUs of
 * this machine count, whether or not what trains on them is installed.
 */
export async function forecastSweep(
  { config }: ResolvedExperiment,
  trials: readonly Trial[],
  { runs, maxParallel = 0 }: { runs: string; maxParallel?: number },
): Promise<SweepForecast> {
  const earlier = earlierRuns(runs, config.name, trials);
  const cuda = (await listGpus()).length > 0;
  const builtin = config.trainer.command === undefined;
  const plan = await chooseSlots(config, { builtin, cuda }, { maxParallel, trials: trials.length }).catch(
    // A machine whose GPUs are all in use now will be free some day.
    () => undefined,
  );
  const slots = plan?.slots.length ?? 1;
  const devices = plan?.slots[0]?.devices.length ?? 1;
  const known = earlier.durations.filter((duration) => duration !== undefined);
  return {
    ...earlier,
    slots,
    ...(known.length > 0 && known.length === earlier.durations.length
      ? { end: forecastEnd(known, { slots, devices }) }
      : {}),
  };
}

/** When a sweep ends, in words: `At 2 at a time it ends at about Fri 27 Nov 18:40 (17:55 … 19:30), after 6.2 device-hours (5.1 … 7.4).` */
export function endText({ end, slots }: SweepForecast, now: Date = new Date()): string | undefined {
  if (!end) return undefined;
  const moment = (seconds: number) => formatWhen(new Date(now.getTime() + seconds * 1000));
  const { seconds, device_seconds: device } = end;
  const hours = (value: number) => (value / 3600).toFixed(value < 36_000 ? 2 : 1);
  const each = slots === 1 ? 'One at a time' : `${slots} at a time`;
  return `${each} it ends at about ${moment(seconds.value)} (${moment(seconds.low)} … ${moment(seconds.high)}), after ${hours(device.value)} device-hours (${hours(device.low)} … ${hours(device.high)}).`;
}

/** What fits until a moment, in words. */
export function fitText(
  { end, finished }: SweepForecast,
  by: Date,
  now: Date = new Date(),
): string | undefined {
  if (!end) return undefined;
  const seconds = (by.getTime() - now.getTime()) / 1000;
  const { value, low, high } = end.endedAfter(seconds);
  const range = low === high ? '' : ` (${low} … ${high})`;
  const before = finished.size > 0 ? `, besides the ${finished.size} that are` : '';
  return `By ${formatWhen(by)}, in ${formatDuration(seconds)}, about ${value}${range} of ${plural(end.trials, 'trial')} are finished${before}.`;
}
