import {
  type Board,
  type Cluster,
  clusterPlaces,
  endJobs,
  openCluster,
  type Place,
} from '../../orchestrator/index.ts';
import type { Trial } from '../../sweep/index.ts';
import { withAbsolutePaths } from '../absolute-paths.ts';
import { chooseSlots } from '../choose-slots.ts';
import type { Prepared } from '../prepare.ts';
import type { Adaptive } from './adaptive.ts';
import type { Context } from './context.ts';
import { makePlaces } from './places.ts';
import { mostOf } from './preflight/corners.ts';
import { preflight } from './preflight/preflight.ts';
import { likelyTrials } from './search-outlook.ts';
import { learns } from './search-record.ts';
import { checkSweepSpace } from './space.ts';
import type { Trials } from './trials.ts';

/** Of a cluster; what earlier commands submitted to another one is ended, so that no trial is run twice. */
export async function openLauncher(context: Context): Promise<Cluster | undefined> {
  const { config, folder, name, runs, maxParallel = 0, report, undoing, standing } = context;
  const { launcher } = config.resources;
  undoing.add(() => standing.all());
  await endJobs(folder, { runsIn: folder, how: 'save', except: launcher.name, note: report.note });
  const cluster = await openCluster({
    ...{ config, folder, runsIn: folder, label: name, runs, maxParallel },
    note: report.note,
  });
  standing.add(async () => cluster?.launcher.close());
  return cluster;
}

export function placesOn(
  { launcher, kinds, room }: Cluster,
  { config: { resources }, spec, maxParallel = 0 }: Context,
  { trials }: Trials,
  { proposals }: Adaptive,
): Place[] {
  const count = proposals ? (spec.sweep?.trials ?? Number.POSITIVE_INFINITY) : trials.length;
  return clusterPlaces(launcher, {
    ...{ resources, kinds, room, maxParallel, trials: count },
    learns: proposals !== undefined,
  });
}

/**
 * The slots follow from the spec and the machine, never from how many trials are left: a trial that is resumed has as many threads
 * as it would have had undisturbed, and so the same bits.
 */
export async function divideMachine(context: Context, prepared: Prepared, expansion: Trials, board: Board) {
  const { trials } = expansion;
  const { spec, folder, config, maxParallel = 0, report, cwd, runs, signals, guard, standing } = context;
  const asked = { maxParallel, trials: trials.length };
  const first = await chooseSlots(config, prepared, asked);
  const tried = await preflight({
    ...{ spec, trials, folder, cwd, signals, report },
    ...{ slots: first.slots, gpus: first.gpus },
    environment: prepared.environment,
    begun: board.rows.some(({ status }) => status === 'finished' || status === 'linked'),
    configOf: (trial) => withAbsolutePaths(trial.config, { cwd, runs }),
  });
  const { slots, notes, gpus } = await chooseSlots(config, prepared, { ...asked, measured: mostOf(tried) });
  for (const note of notes) report.note(note);
  if (prepared.identities !== undefined)
    await checkSweepSpace({
      configs: trialsToCome(context, expansion, board)
        .map(({ config: own }) => own)
        .filter(({ trainer }) => trainer.command === undefined),
      ...{ identities: prepared.identities, parallel: slots.length, folder, report },
    });
  const places = makePlaces(slots, prepared, { cwd, guard, undoing: standing });
  return { places, gpus, tried };
}

/** What is left to run; of a search, trials like those that it will propose. */
function trialsToCome({ spec }: Context, expansion: Trials, board: Board): Trial[] {
  const known = board.rows.map(({ trial }) => trial);
  const all = spec.sweep && learns(spec) ? likelyTrials(spec.sweep, expansion, known) : expansion.trials;
  return all.filter(({ id }) => board.isOpen(id));
}
