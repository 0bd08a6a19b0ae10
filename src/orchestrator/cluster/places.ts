import type { Experiment } from '../../spec/index.ts';
import type { Place } from '../run-sweep.ts';
import type { ClusterLauncher } from './launcher.ts';

/** Jobs in the queue at once where the spec does not say, and trials of them. */
const QUEUE = 256;
const TRIALS = 1000;
/** Trials at once of a search that learns: it has no results of them when it proposes others. */
const LEARNING = 16;

/**
 * Places for the trials of a sweep on a cluster: as many as may wait or run there at once, divided among the kinds of resources. What
 * runs of them the engine decides.
 */
export function clusterPlaces(
  launcher: ClusterLauncher,
  {
    resources,
    kinds,
    trials,
    maxParallel,
    learns,
    room,
  }: {
    resources: Experiment['resources'];
    kinds: number;
    trials: number;
    /** `--max-parallel`; 0: as the spec says. */
    maxParallel: number;
    /** A search proposes trials by what others led to. */
    learns: boolean;
    /** Jobs that may run or wait at once, if the cluster bounds that. */
    room: number | undefined;
  },
): Place[] {
  const { launcher: options, gpus, device } = resources;
  const { queue, trials_per_job: perJob } =
    options.name === 'local' ? { queue: 0, trials_per_job: 1 } : options;
  const jobs = queue || room;
  const most = learns ? LEARNING : Math.min(QUEUE * perJob, TRIALS);
  const parallel = maxParallel || resources.max_parallel || Number.POSITIVE_INFINITY;
  const count = Math.max(1, Math.min(jobs ? jobs * perJob : most, parallel * perJob, trials));
  const usesGpu = device !== 'cpu' && gpus > 0;
  const devices = usesGpu
    ? Array.from({ length: Math.ceil(gpus) }, (_, i) => `${launcher.name}:${i}`)
    : [launcher.name];
  const threads = Math.max(1, resources.cpus);
  return Array.from({ length: count }, (_, index) => ({
    slot: { index, devices, threads },
    launcher: launcher.of(index % kinds),
  }));
}
