import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { ClusterLauncher } from '../../src/orchestrator/cluster/launcher.ts';
import { SlurmEngine } from '../../src/orchestrator/cluster/slurm/engine.ts';
import type { Handle } from '../../src/orchestrator/launchers/launcher.ts';
import { packageDir, temporaryFolder } from './program.ts';

/** Of a launcher, as a spec has them with all defaults. */
export const slurmOptions = {
  ...{
    name: 'slurm' as const,
    arguments: [],
    lead: 90,
    requeues: 1,
    queue: 0,
    trials_per_job: 1,
    setup: [],
    poll: 0.3,
    visibility: 0.5,
  },
};
export const resources = { device: 'cpu', gpus: 0, cpus: 1 } as never;

/**
 * A sweep's folder, and a Slurm of which every fault can be had. `onPath`: its programs are on this process' PATH, so that only one test
 * can have it at a time.
 */
export async function clusterScene(t: TestContext, { trainer = 'sleep 0.2', onPath = true } = {}) {
  const folder = await temporaryFolder(t);
  const fake = join(folder, 'slurm');
  const bin = join(fake, 'bin');
  mkdirSync(bin, { recursive: true });
  for (const program of ['sbatch', 'squeue', 'sacct', 'scontrol', 'scancel', 'sinfo'])
    symlinkSync(join(packageDir, 'test/support/fake-slurm.mjs'), join(bin, program));
  const before = process.env.PATH;
  if (onPath) process.env.PATH = `${bin}:${before}`;
  const open = new Set<ClusterLauncher>();
  t.after(async () => {
    for (const launcher of open) await launcher.close();
    if (onPath) process.env.PATH = before;
  });
  const notes: string[] = [];
  const make = (more: Partial<ConstructorParameters<typeof ClusterLauncher>[0]> = {}) => {
    const context = { options: slurmOptions, resources, gpus: false, throttle: 0 };
    const engine = new SlurmEngine(context, onPath ? undefined : bin);
    const launcher = new ClusterLauncher({
      ...{ engine, folder, runsIn: folder, label: 'test', setup: [], node: process.execPath },
      ...{ poll: 0.3, visibility: 0.5, grace: 5, note: (line: string) => notes.push(line), ...more },
    });
    open.add(launcher);
    return launcher;
  };
  const run = (name: string) => {
    const runDir = join(folder, name);
    mkdirSync(runDir, { recursive: true });
    // Each start leaves a line, so that two are seen.
    const script = `trap 'exit 0' TERM; echo started >> "$FACECOM_RUN_DIR/starts"; ${trainer}; exit 0`;
    return { runDir, command: ['/bin/sh', '-c', script], env: {}, cwd: folder };
  };
  const names = (count: number) => Array.from({ length: count }, (_, i) => `run${i}-1`);
  return {
    ...{ folder, fake, notes, make, run, names },
    start: (launcher: ClusterLauncher, count: number) =>
      names(count).map((name) => launcher.of(0).start(run(name))),
    starts: (name: string) => {
      const file = join(folder, name, 'starts');
      return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').length : 0;
    },
    fault: (text: string) => writeFileSync(join(fake, 'mode'), text),
    calls: (program: string) =>
      (existsSync(join(fake, 'calls')) ? readFileSync(join(fake, 'calls'), 'utf8') : '')
        .split('\n')
        .filter((line) => line.startsWith(`${program} `)),
  };
}

/** How they end, but for the time that they took. */
export const exits = (handles: readonly Handle[]) =>
  Promise.all(
    handles.map(async ({ exited }) => {
      const { seconds, ...exit } = await exited;
      assert.ok(seconds === undefined || seconds >= 0);
      return exit;
    }),
  );
