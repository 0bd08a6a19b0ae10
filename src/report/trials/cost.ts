import type { SweepRecord } from './read-sweep.ts';

/** What a sweep took. */
export interface Cost {
  /** Hours of one device by its kind. */
  hours: { device: 'GPU' | 'CPU'; hours: number }[];
  /** Of all trials, one after another. */
  seconds: number;
}

/** Device-hours of all runs of a sweep: the time of each times its devices; one without a GPU counts as one CPU device. */
export function costOf({ trials, others }: SweepRecord): Cost {
  const hours = { GPU: 0, CPU: 0 };
  let seconds = 0;
  for (const run of [...trials.map((trial) => trial.run), ...others]) {
    if (run?.seconds === undefined) continue;
    seconds += run.seconds;
    const gpus = run.devices.filter((device) => !/^cpu/i.test(device)).length;
    hours[gpus > 0 ? 'GPU' : 'CPU'] += (run.seconds * Math.max(1, gpus)) / 3600;
  }
  const used = (['GPU', 'CPU'] as const).filter((device) => hours[device] > 0);
  return { seconds, hours: used.map((device) => ({ device, hours: hours[device] })) };
}
