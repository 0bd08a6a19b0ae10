import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { linesBackwards } from '../base/lines-backwards.ts';
import { intervalOf, studentT } from '../base/statistics.ts';
import type { Experiment } from '../spec/index.ts';
import { decodeEvent } from './decode-event.ts';
import { eventsFile } from './events.ts';
import type { Duration } from './forecast.ts';
import { type PreflightRun, readPreflight } from './preflight.ts';
import { readConfigIfAny } from './read-config.ts';
import { runName } from './run-folder.ts';
import { readState } from './state.ts';

/** What earlier runs say about trials that are to come. */
export interface Forecast {
  /** Ids of trials that are finished. */
  finished: ReadonlySet<string>;
  /** How long the others take; undefined if no earlier run is like one of them. */
  estimate?: {
    /** Of all that could be estimated, one after another. */
    seconds: number;
    /** How many could be estimated. */
    trials: number;
    /** Runs that it is taken from. */
    runs: number;
  };
  /** How long each trial takes that is not finished, in their order; undefined where nothing tells. */
  durations: Array<Duration | undefined>;
}

interface EarlierRun {
  dir: string;
  trial: string;
}

/** Runs that are looked at for their duration, the latest of them, and how many of one kind count. */
const LOOKED_AT = 300;
const OF_A_KIND = 5;

/**
 * What is finished already, and how long the rest takes: seconds an epoch of earlier runs of the same data, image size, model and
 * batch, times the epochs of the trial; else by the preflight of the sweep.
 */
export function earlierRuns(
  runs: string,
  name: string,
  trials: readonly { id: string; config: Experiment }[],
): Forecast {
  const earlier = list(runs, name);
  const ids = new Set(trials.map(({ id }) => id));
  const finished = new Set(
    earlier
      .filter(({ trial, dir }) => ids.has(trial) && secondsOf(dir) !== undefined)
      .map((run) => run.trial),
  );
  const left = trials.filter(({ id }) => !finished.has(id));
  const kinds = new Map<string, number[]>(left.map(({ config }) => [kind(config), []]));
  let used = 0;
  for (const { dir } of earlier.slice(0, LOOKED_AT)) {
    const config = readConfigIfAny(dir);
    const found = config && kinds.get(kind(config));
    if (!found || found.length >= OF_A_KIND) continue;
    const seconds = secondsOf(dir);
    const epochs = epochsTrained(dir);
    if (seconds === undefined || !epochs) continue;
    found.push(seconds / epochs);
    used++;
  }
  const tried = readPreflight(join(runs, name));
  const durations = left.map(({ config }) => {
    const each = kinds.get(kind(config))!;
    return each.length > 0 ? durationOf(each, config, kind(config)) : byPreflight(config, tried);
  });
  const known = durations.filter((duration) => duration !== undefined);
  if (known.length === 0) return { finished, durations };
  const seconds = Math.round(known.reduce((sum, duration) => sum + duration.seconds, 0));
  return { finished, estimate: { seconds, trials: known.length, runs: used }, durations };
}

/** How far one run, or the first steps of one, may be off: shares of the time. */
const DOUBT = { run: 0.2, preflight: 0.3, other: 0.5, trial: 0.1 };

function durationOf(each: readonly number[], { train }: Experiment, kind: string): Duration {
  const { mean, half, n } = intervalOf(each)!;
  const seconds = mean * train.epochs;
  // The interval is by Student's t; what is added up later is taken for normal.
  const error = half === undefined ? DOUBT.run : half / 1.96 / mean;
  const spread = half === undefined ? DOUBT.trial : ((half / studentT(n - 1)) * Math.sqrt(n)) / mean;
  return { seconds, kind, doubt: error, spread: spread * seconds };
}

/** From the first steps of a trial with the same backbone: an epoch's time grows with the pixels of an image. */
function byPreflight(
  { model, data, train }: Experiment,
  tried: readonly PreflightRun[],
): Duration | undefined {
  const pixels = data.image_size ** 2;
  const [run] = tried
    .filter(
      ({ backbone, step_seconds, epoch_steps }) => backbone === model.backbone && step_seconds && epoch_steps,
    )
    .sort((a, b) => Math.abs(a.image_size ** 2 - pixels) - Math.abs(b.image_size ** 2 - pixels));
  if (!run) return undefined;
  const epoch = run.step_seconds! * run.epoch_steps! * (pixels / run.image_size ** 2);
  const seconds = (run.start_seconds ?? 0) + epoch * train.epochs;
  const same = run.image_size === data.image_size && run.batch_size === train.batch_size;
  return {
    seconds,
    kind: `preflight ${model.backbone}`,
    doubt: same ? DOUBT.preflight : DOUBT.other,
    spread: DOUBT.trial * seconds,
  };
}

/** Run folders, those of the same name first, then the latest. */
function list(runs: string, name: string): EarlierRun[] {
  const names = folders(runs).sort((a, b) => Number(b === name) - Number(a === name));
  return names.flatMap((parent) =>
    folders(join(runs, parent)).flatMap((folder) => {
      const run = runName(join(runs, parent, folder));
      return run ? [{ dir: join(runs, parent, folder), trial: run.trial }] : [];
    }),
  );
}

function folders(parent: string): string[] {
  try {
    return readdirSync(parent, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map((entry) => entry.name);
  } catch {
    return [];
  }
}

/** What the time of an epoch depends on. */
function kind({ data, model, train, resources, trainer }: Experiment): string {
  const { source, path, synthetic, image_size } = data;
  const set = source === 'synthetic' ? [synthetic.identities, synthetic.images_per_identity] : (path ?? '');
  return JSON.stringify([
    source,
    // Runs keep the whole path.
    typeof set === 'string' ? set.split('/').slice(-2) : set,
    image_size,
    model.backbone,
    train.batch_size,
    train.precision,
    resources.device,
    resources.backend,
    trainer.command,
  ]);
}

/** How long a run took that is finished. */
function secondsOf(dir: string): number | undefined {
  const last = readState(dir).at(-1);
  return last?.state === 'finished' ? (last.seconds ?? 0) : undefined;
}

/** Epochs that a run has trained, by its last metric; 0 if it has told none. */
export function epochsTrained(dir: string): number {
  for (const line of linesBackwards(eventsFile(dir))) {
    const { event } = decodeEvent(line);
    if (event?.type === 'metric' && event.epoch > 0) return event.epoch;
  }
  return 0;
}
