import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { programFile } from '../src/base/folders.ts';
import { Random } from '../src/base/random.ts';
import { type Slurm, startSlurm, withoutSlurm } from '../test/support/slurm.ts';
import { planTrials } from './support/clusters-plan.ts';
import type { BenchContext } from './support/context.ts';

/**
 * Trials that do nothing on a Slurm of one node against submitit, on Ray (RAY_API_SERVER_ADDRESS) against its SDK and Ray Tune; kill -9 of the
 * command and of Slurm's daemons at random moments; and ten thousand trials against a simulated Slurm of 200 nodes. `--rounds` is the
 * number of trials, and of kills.
 */
export async function run(context: BenchContext): Promise<void> {
  if (context.wants('plan')) await plan(context);
  const missing = withoutSlurm();
  if (missing) context.note(`slurm, kill: ${missing}`);
  else if (context.wants('slurm') || context.wants('kill')) {
    const slurm = await startSlurm();
    context.defer(() => slurm.close());
    if (context.wants('slurm')) await onSlurm(context, slurm);
    if (context.wants('kill')) await kill(context, slurm);
  }
  const address = process.env.RAY_API_SERVER_ADDRESS;
  if (!address) context.note('ray: there is no Ray at RAY_API_SERVER_ADDRESS');
  else if (context.wants('ray')) await onRay(context, address);
}

async function plan(context: BenchContext): Promise<void> {
  const trials = 10_000;
  const { calls, seconds, megabytes, idlePolls } = await planTrials(await context.folder(), {
    trials,
    nodes: 200,
  });
  context.report({
    ...{ case: 'plan 10,000 trials: calls a trial', ours: calls / trials, unit: 'calls', better: 'lower' },
    details: { calls, seconds, megabytes, idlePolls },
  });
}

async function onSlurm(context: BenchContext, slurm: Slurm): Promise<void> {
  const count = context.rounds(200);
  const python = await context.pythonEnvironment('clusters', ['submitit==1.5.4']);
  const options = { env: { ...process.env, ...slurm.env } };
  const begun = performance.now();
  const folder = await context.folder();
  await sweep(folder, count, { name: 'slurm', poll: 1, visibility: 5, queue: 1000 }, slurm.env);
  const ours = (performance.now() - begun) / count;
  const script = join(import.meta.dirname, 'peers/clusters_submitit.py');
  const { stdout } = await execa(python, [script, await context.folder(), String(count)], options);
  const peer = (Number(stdout.trim().split('\n').at(-1)) * 1000) / count;
  context.report({
    ...{ case: `slurm: ${count} no-op trials, a trial`, ours, peer, unit: 'ms', better: 'lower' },
    against: 'submitit 1.5.4',
  });
}

async function onRay(context: BenchContext, address: string): Promise<void> {
  const count = context.rounds(200);
  const begun = performance.now();
  await sweep(await context.folder(), count, { name: 'ray', address, poll: 0.5, visibility: 5 }, {});
  const ours = (performance.now() - begun) / count;
  const python = await context.pythonEnvironment('clusters-ray', ['ray[default,tune]==2.60.0']);
  const script = join(import.meta.dirname, 'peers/clusters_ray.py');
  for (const [way, against] of [
    ['sdk', 'Ray Jobs SDK 2.60'],
    ['tune', 'Ray Tune 2.60'],
  ] as const) {
    const { stdout } = await execa(python, [script, way, address, String(count)]);
    const peer = (Number(/SECONDS (\S+)/.exec(stdout)![1]) * 1000) / count;
    context.report({
      ...{ case: `ray: ${count} no-op trials, a trial (${way})`, ours, peer, unit: 'ms', better: 'lower' },
      against,
    });
  }
}

/** kill -9 at random moments, everything started again, until the sweep has ended: what was lost or done twice. */
async function kill(context: BenchContext, slurm: Slurm): Promise<void> {
  const kills = context.rounds(200);
  const random = new Random(context.seed, 'kills');
  const found = { kills: 0, sweeps: 0, trials: 0, lost: 0, repeated: 0, failed: 0 };
  while (found.kills < kills) {
    const folder = await context.folder();
    const spec = writeSpec(
      folder,
      12,
      { name: 'slurm', poll: 0.5, visibility: 3 },
      'sleep 0.$((RANDOM % 9 + 1))',
    );
    for (let ended = false; !ended; ) {
      const program = start(folder, spec, slurm.env);
      const moment = sleep(500 + random.uniform() * 4000);
      if (found.kills >= kills) ended = (await program).exitCode === 0;
      else {
        const first = await Promise.race([program, moment]);
        if (first) ended = first.exitCode === 0;
        else {
          const target = (['command', 'slurmctld', 'slurmd', 'command'] as const)[
            Math.floor(random.uniform() * 4)
          ]!;
          if (target === 'command') program.kill('SIGKILL');
          else {
            slurm.kill(target);
            await sleep(random.uniform() * 1000);
            await slurm.start(target);
          }
          found.kills++;
          const result = await program;
          ended = target !== 'command' && result.exitCode === 0;
          if (target !== 'command' && result.exitCode !== 0) found.failed++;
        }
      }
    }
    found.sweeps++;
    for (const finished of finishes(join(folder, 'runs/noop'))) {
      found.trials++;
      if (finished === 0) found.lost++;
      if (finished > 1) found.repeated++;
    }
  }
  const ours = found.lost + found.repeated;
  context.report({
    case: 'kill: lost or repeated trials',
    ours,
    unit: 'trials',
    better: 'lower',
    details: found,
  });
}

const finishes = (folder: string): number[] =>
  readdirSync(folder)
    .filter((name) => /-\d+$/.test(name))
    .map((name) => join(folder, name, 'events.jsonl'))
    .map((file) => (existsSync(file) ? readFileSync(file, 'utf8').split('"finished"').length - 1 : 0));

function writeSpec(folder: string, count: number, launcher: object, work = ':'): string {
  const trainer = join(folder, 'trainer.sh');
  const finished = '{"type":"finished","time":1,"metrics":{"val/combined":0.5}}';
  writeFileSync(
    trainer,
    `#!/bin/bash\ncd "$FACECOM_RUN_DIR" || exit 9\n${work}\necho '${finished}' >> events.jsonl\n`,
    {
      mode: 0o755,
    },
  );
  const values = Array.from({ length: count }, (_, i) => (i + 1) / 1000);
  const spec = join(folder, 'noop.json');
  const experiment = {
    name: 'noop',
    trainer: { command: [trainer] },
    tracking: { mlflow: 'off' },
    resources: {
      cpus: 1,
      gpus: 0,
      retry_delay: 0.1,
      retry: { killed: 100, infrastructure: 100, lost: 100, interrupted: 100 },
      launcher,
    },
    sweep: { axes: { 'optimizer.lr': values } },
  };
  writeFileSync(spec, JSON.stringify(experiment));
  return spec;
}

const start = (cwd: string, spec: string, env: Record<string, string>) =>
  execa(process.execPath, [programFile(), 'sweep', spec, '--json'], {
    ...{ cwd, env, reject: false as const, stdin: 'ignore' as const },
  });

async function sweep(
  folder: string,
  count: number,
  launcher: object,
  env: Record<string, string>,
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const { exitCode, stderr } = await start(folder, writeSpec(folder, count, launcher), env);
  if (exitCode !== 0) throw new Error(stderr.slice(-2000));
}
