import { FacecomError } from '../../base/errors.ts';
import { openBatches } from '../../record/index.ts';
import type { Experiment } from '../../spec/index.ts';
import type { Engine } from './engine.ts';
import { ClusterLauncher } from './launcher.ts';
import { kindsOf } from './slurm/arguments.ts';

export interface OpenOptions {
  config: Experiment;
  /** Folder whose lock is held: of the sweep, or of the one run. */
  folder: string;
  /** Folder that the run folders are in. */
  runsIn: string;
  /** What the names of jobs begin with. */
  label: string;
  /** Folder of all runs. */
  runs: string;
  /** Trials at once; 0: as many as there is room for. */
  maxParallel: number;
  note: (line: string) => void;
}

export interface Cluster {
  launcher: ClusterLauncher;
  kinds: number;
  /** Jobs that may run or wait there at once, if that is bounded. */
  room: number | undefined;
}

/** Whether trainers are started on a cluster. */
export const isCluster = ({ resources }: Experiment): boolean => resources.launcher.name !== 'local';

/**
 * The launcher of a spec's cluster, after it was asked whether it takes such jobs. Undefined if trainers are processes of this machine.
 * Throws FacecomError (exit code 2) as the engine's `check` does; that nobody answers is none while jobs of an earlier command are open.
 */
export async function openCluster(options: OpenOptions): Promise<Cluster | undefined> {
  const { config, folder, runsIn, label, runs, maxParallel, note } = options;
  const { resources, tracking } = config;
  const { launcher } = resources;
  if (launcher.name === 'local') return undefined;
  const throttle = maxParallel || resources.max_parallel;
  const { engine, room, kinds } = await engineOf(config, throttle);
  for (const line of await checked(engine, folder)) note(line);
  if (resources.cpus === 0) note(`${engine.name}: resources.cpus is not set: each trial gets one core.`);
  const { setup, poll, visibility, trials_per_job: perJob } = launcher;
  return {
    kinds,
    room: await room?.(),
    launcher: new ClusterLauncher({
      ...{ engine, folder, runsIn, label, setup, poll, visibility, perJob, note },
      ...(throttle > 0 ? { parallel: throttle } : {}),
      node: launcher.node ?? process.execPath,
      grace: resources.grace,
      ...(launcher.name === 'slurm' ? { lead: launcher.lead, requeues: launcher.requeues } : {}),
      ...(tracking.from === 'jobs' && tracking.mlflow !== 'off' ? { track: runs } : {}),
    }),
  };
}

async function checked(engine: Engine, folder: string): Promise<string[]> {
  try {
    return await engine.check();
  } catch (error) {
    const isOpen = openBatches(folder).some(({ launcher }) => launcher === engine.name);
    if (!isOpen || !(error instanceof FacecomError) || error.code !== 'ray-unreachable') throw error;
    return [`${error.message} Jobs of an earlier command are followed by the record until it answers.`];
  }
}

interface Opened {
  engine: Engine;
  kinds: number;
  room?: () => Promise<number | undefined>;
}

async function engineOf({ resources }: Experiment, throttle: number): Promise<Opened> {
  const { launcher } = resources;
  if (launcher.name === 'ray') {
    const { RayEngine } = await import('./ray/engine.ts');
    const engine = new RayEngine({ options: launcher, resources });
    return { engine, kinds: 1, room: () => engine.room() };
  }
  if (launcher.name !== 'slurm') throw new Error(`no cluster: ${launcher.name}`);
  const { SlurmEngine } = await import('./slurm/engine.ts');
  const engine = new SlurmEngine({ options: launcher, resources, gpus: false, throttle });
  return { engine, kinds: kindsOf(launcher).length };
}

/** An engine that looks and cancels: of what an earlier command has submitted. Undefined for a name that is none's. */
export async function engineNamed(name: string, address?: string): Promise<Engine | undefined> {
  if (name === 'slurm') return new (await import('./slurm/engine.ts')).SlurmEngine();
  if (name === 'ray') return new (await import('./ray/engine.ts')).RayEngine({ address });
  return undefined;
}
