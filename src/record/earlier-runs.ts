import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { linesBackwards } from '../base/lines-backwards.ts';
import type { Experiment } from '../spec/index.ts';
import { decodeEvent } from './decode-event.ts';
import { eventsFile } from './events.ts';
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
 * batch, times the epochs of the trial.
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
    const epochs = epochsOf(dir);
    if (seconds === undefined || !epochs) continue;
    found.push(seconds / epochs);
    used++;
  }
  const known = left.filter(({ config }) => kinds.get(kind(config))!.length > 0);
  if (known.length === 0) return { finished };
  const seconds = known.reduce((sum, { config }) => {
    const each = kinds.get(kind(config))!;
    return sum + (config.train.epochs * each.reduce((a, b) => a + b, 0)) / each.length;
  }, 0);
  return { finished, estimate: { seconds: Math.round(seconds), trials: known.length, runs: used } };
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

/** Epochs of the last metric: a run that has finished has told all of them. */
function epochsOf(dir: string): number {
  for (const line of linesBackwards(eventsFile(dir))) {
    const { event } = decodeEvent(line);
    if (event?.type === 'metric' && event.epoch > 0) return event.epoch;
  }
  return 0;
}
