import { join } from 'node:path';
import { execa } from 'execa';
import { Random } from '../src/base/random.ts';
import { type Slurm, startSlurm, withoutSlurm } from '../test/support/slurm.ts';
import { killAtRandom, type Target } from './support/cluster-kills.ts';
import { startSweep, writeSweep } from './support/cluster-sweep.ts';
import { planTrials } from './support/clusters-plan.ts';
import type { BenchContext } from './support/context.ts';
import { type Ray, startRay } from './support/ray.ts';

const SUBMITIT = 'submitit==1.5.4';
const RAY = 'ray[default,tune]==2.60.0';
/** Trials of a job. */
const LISTS = [1, 10] as const;
/** Of the jobs that are killed: with several trials some are in the midst of them, at their start and at their end. */
const KILLED = 3;

/**
 * Trials that do nothing on a Slurm of one node against submitit (`time-slurm`), and on a Ray of one node against its SDK and Ray Tune
 * (`time-ray`); ten thousand trials against a simulated Slurm and Ray of 200 nodes (`plan`); and kill -9 of the command and of the engines' daemons at random moments (`kill-slurm`,
 * `kill-ray`; `kill-lists-slurm` and `kill-lists-ray` with several trials a job). `--rounds` is the number of trials, and of kills.
 */
export async function run(context: BenchContext): Promise<void> {
  if (context.wants('plan'))
    for (const engine of ['slurm', 'ray'] as const)
      for (const perJob of LISTS) await plan(context, engine, perJob);
  const missing = withoutSlurm();
  if (['time-slurm', 'kill-slurm', 'kill-lists-slurm'].some((name) => context.wants(name))) {
    if (missing) context.note(missing);
    else await withSlurm(context);
  }
  if (!['time-ray', 'kill-ray', 'kill-lists-ray'].some((name) => context.wants(name))) return;
  const python = await context.pythonEnvironment('clusters-ray', [RAY]);
  const ray = await startRay(python);
  context.defer(() => ray.close());
  if (context.wants('time-ray')) await onRay(context, ray, python);
  if (context.wants('kill-ray')) await killRay(context, ray, 1);
  if (context.wants('kill-lists-ray')) await killRay(context, ray, KILLED);
}

const each = (perJob: number): string => (perJob === 1 ? 'one trial a job' : `${perJob} trials a job`);

async function plan(context: BenchContext, engine: 'slurm' | 'ray', perJob: number): Promise<void> {
  const trials = 10_000;
  const folder = await context.folder();
  const { calls, ...details } = await planTrials(folder, { engine, trials, perJob, nodes: 200 });
  context.report({
    ...{ case: `plan 10,000 trials on ${engine}, ${each(perJob)}: calls a trial`, ours: calls / trials },
    ...{ unit: 'calls', better: 'lower', details: { calls, ...details } },
  });
}

async function withSlurm(context: BenchContext): Promise<void> {
  const slurm = await startSlurm();
  context.defer(() => slurm.close());
  if (context.wants('time-slurm')) await onSlurm(context, slurm);
  if (context.wants('kill-slurm')) await killSlurm(context, slurm, 1);
  if (context.wants('kill-lists-slurm')) await killSlurm(context, slurm, KILLED);
}

async function onSlurm(context: BenchContext, slurm: Slurm): Promise<void> {
  const count = context.rounds(200);
  const python = await context.pythonEnvironment('clusters', [SUBMITIT]);
  const script = join(import.meta.dirname, 'peers/clusters_submitit.py');
  const launcher = { name: 'slurm', poll: 1, visibility: 5, queue: 1000 };
  const [one, several] = LISTS;
  const ours = (trials_per_job: number) => async () =>
    sweep(await context.folder(), count, { ...launcher, trials_per_job }, slurm.env);
  const times = await context.alternate(1, {
    single: ours(one),
    lists: ours(several),
    peer: async () =>
      seconds(await execa(python, [script, await context.folder(), String(count)], { env: slurm.env })),
  });
  for (const [perJob, taken] of [
    [one, times.single],
    [several, times.lists],
  ] as const)
    context.report({
      case: `slurm: ${count} no-op trials, ${each(perJob)}, a trial`,
      ...{ ours: (taken.median * 1000) / count, peer: (times.peer.median * 1000) / count },
      ...{ unit: 'ms', better: 'lower', against: SUBMITIT },
    });
}

async function onRay(context: BenchContext, ray: Ray, python: string): Promise<void> {
  const count = context.rounds(200);
  const script = join(import.meta.dirname, 'peers/clusters_ray.py');
  const launcher = { name: 'ray', address: ray.address, poll: 0.5, visibility: 5 };
  const peer = (way: 'sdk' | 'tune') => async () =>
    seconds(await execa(python, [script, way, way === 'sdk' ? ray.address : ray.gcs, String(count)]));
  const [one, several] = LISTS;
  const ours = (trials_per_job: number) => async () =>
    sweep(await context.folder(), count, { ...launcher, trials_per_job }, {});
  const { single, lists, sdk, tune } = await context.alternate(1, {
    single: ours(one),
    lists: ours(several),
    sdk: peer('sdk'),
    tune: peer('tune'),
  });
  for (const [perJob, taken] of [
    [one, single],
    [several, lists],
  ] as const)
    for (const [way, against, times] of [
      ['SDK', 'Ray Jobs SDK 2.60', sdk],
      ['Tune', 'Ray Tune 2.60', tune],
    ] as const)
      context.report({
        case: `ray: ${count} no-op trials, ${each(perJob)}, a trial (${way})`,
        ...{ ours: (taken.median * 1000) / count, peer: (times.median * 1000) / count },
        ...{ unit: 'ms', better: 'lower', against },
      });
}

async function killSlurm(context: BenchContext, slurm: Slurm, trials_per_job: number): Promise<void> {
  const target = (name: 'slurmctld' | 'slurmd'): Target => ({
    ...{ name, kill: () => slurm.kill(name), start: () => slurm.start(name) },
  });
  const found = await killAtRandom({
    kills: context.rounds(200),
    random: new Random(context.seed, 'kills'),
    targets: [target('slurmctld'), target('slurmd')],
    launcher: { name: 'slurm', poll: 0.5, visibility: 3, trials_per_job },
    env: slurm.env,
    folder: () => context.folder(),
    administer: () => slurm.resume(),
    note: context.note,
  });
  reportKills(context, 'slurm', trials_per_job, found);
}

async function killRay(context: BenchContext, ray: Ray, trials_per_job: number): Promise<void> {
  const found = await killAtRandom({
    kills: context.rounds(40),
    random: new Random(context.seed, 'kills'),
    targets: [{ name: 'head', kill: () => ray.kill(), start: () => ray.start() }],
    launcher: { name: 'ray', address: ray.address, poll: 0.5, visibility: 3, trials_per_job },
    env: {},
    folder: () => context.folder(),
    note: context.note,
  });
  reportKills(context, 'ray', trials_per_job, found);
}

const reportKills = (
  context: BenchContext,
  engine: string,
  perJob: number,
  found: Awaited<ReturnType<typeof killAtRandom>>,
): void =>
  context.report({
    case: `kill ${engine}, ${each(perJob)}: lost or repeated trials`,
    ...{ ours: found.lost + found.repeated, unit: 'trials', better: 'lower', details: found },
  });

/** Of what a peer printed last. */
const seconds = ({ stdout }: { stdout: string }): number => Number(/SECONDS (\S+)/.exec(stdout)![1]);

/** Runs a sweep of trials that do nothing. Returns its seconds. */
async function sweep(
  folder: string,
  count: number,
  launcher: object,
  env: Record<string, string>,
): Promise<number> {
  const spec = writeSweep(folder, count, launcher);
  const begun = performance.now();
  const { exitCode, stderr } = await startSweep(folder, spec, env);
  if (exitCode !== 0) throw new Error(stderr.slice(-2000));
  return (performance.now() - begun) / 1000;
}
