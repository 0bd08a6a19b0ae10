/** How long a trial is expected to take. */
export interface Duration {
  seconds: number;
  /** Standard deviation from trial to trial, s. */
  spread: number;
  /** What it was taken from: trials of a kind are wrong together. */
  kind: string;
  /** Standard error of the kind's mean, as a share of it. */
  doubt: number;
}

/** An expected value with its 95 % interval. */
export interface Range {
  value: number;
  low: number;
  high: number;
}

export interface EndForecast {
  /** Trials that it is of. */
  trials: number;
  /** Seconds until the last one ends. */
  seconds: Range;
  /** Seconds of all devices together. */
  device_seconds: Range;
  /** How many trials have ended after so many seconds. */
  endedAfter(seconds: number): Range;
}

/** When trials that start in this order, each in the slot that is free first, end. */
export function forecastEnd(
  durations: readonly Duration[],
  { slots, devices = 1 }: { slots: number; devices?: number },
): EndForecast {
  const total = durations.reduce((sum, { seconds }) => sum + seconds, 0);
  const half = total === 0 ? 0 : (1.96 * deviation(durations)) / total;
  const free = new Array<number>(Math.max(1, slots)).fill(0);
  const ends = durations.map(({ seconds }) => {
    const slot = free.indexOf(Math.min(...free));
    free[slot]! += seconds;
    return free[slot]!;
  });
  const range = (value: number): Range => ({
    value,
    low: value * Math.max(0, 1 - half),
    high: value * (1 + half),
  });
  const ended = (seconds: number) => ends.filter((end) => end <= seconds).length;
  return {
    trials: durations.length,
    seconds: range(Math.max(0, ...ends)),
    device_seconds: range(total * devices),
    endedAfter: (seconds) => ({
      value: ended(seconds),
      low: ended(seconds / (1 + half)),
      high: ended(seconds / Math.max(1e-9, 1 - half)),
    }),
  };
}

/** Of the sum: of trials by themselves, and of what those of a kind have in common. */
function deviation(durations: readonly Duration[]): number {
  const kinds = new Map<string, number>();
  let variance = 0;
  for (const { seconds, spread, kind, doubt } of durations) {
    variance += spread ** 2;
    kinds.set(kind, (kinds.get(kind) ?? 0) + seconds * doubt);
  }
  for (const common of kinds.values()) variance += common ** 2;
  return Math.sqrt(variance);
}
