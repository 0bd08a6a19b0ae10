import { execFile, execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir, totalmem, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { liveness, markProcess } from '../../src/base/process.ts';
import { freePorts } from './ports.ts';

/** Why there can be no Slurm here, or false. */
export function withoutSlurm(): string | false {
  try {
    for (const program of ['slurmctld', 'slurmd', 'munged'])
      execFileSync('/bin/sh', ['-c', `PATH=$PATH:/usr/sbin command -v ${program}`], { stdio: 'ignore' });
    return false;
  } catch {
    return 'there is no Slurm (slurmctld, slurmd, munged)';
  }
}

export interface Slurm {
  /** For whoever calls its programs. */
  env: { SLURM_CONF: string };
  kill(daemon: 'slurmctld' | 'slurmd'): void;
  /** Ends it in order: it keeps its state, which a killed one loses in part. */
  stop(daemon: 'slurmctld' | 'slurmd'): Promise<void>;
  start(daemon: 'slurmctld' | 'slurmd', args?: string[]): Promise<void>;
  /** What an administrator does: nodes that Slurm has drained, for a daemon was killed, are taken back. Returns how many there were. */
  resume(): Promise<number>;
  /** Returns what a program of Slurm prints. */
  call(program: string, args: string[]): Promise<string>;
  close(): Promise<void>;
}

const run = promisify(execFile);

/** A Slurm of one node, this machine, with its own key, ports and folder. */
export async function startSlurm(): Promise<Slurm> {
  const folder = mkdtempSync(join(tmpdir(), 'facecom-slurm-'));
  const conf = join(folder, 'slurm.conf');
  const env = { SLURM_CONF: conf };
  const path = `${process.env.PATH}:/usr/sbin`;
  const user = userInfo().username;
  for (const name of ['state', 'spool', 'munge']) mkdirSync(join(folder, name), { mode: 0o755 });
  execFileSync('chmod', ['755', folder]);
  writeFileSync(join(folder, 'munge/key'), randomBytes(1024), { mode: 0o400 });
  const [controller, daemon] = await freePorts(2);
  const socket = join(folder, 'munge/socket');
  const host = hostname().split('.')[0];
  const settings = {
    ...{ ClusterName: 'test', SlurmctldHost: `${host}(127.0.0.1)`, AuthType: 'auth/munge' },
    ...{ AuthInfo: `socket=${socket}`, SlurmUser: user, SlurmdUser: user },
    ...{ StateSaveLocation: join(folder, 'state'), SlurmdSpoolDir: join(folder, 'spool') },
    ...{ SlurmctldPidFile: join(folder, 'slurmctld.pid'), SlurmdPidFile: join(folder, 'slurmd.pid') },
    ...{ SlurmctldPort: controller, SlurmdPort: daemon, ProctrackType: 'proctrack/linuxproc' },
    ...{ TaskPlugin: 'task/none', SelectType: 'select/cons_tres', SelectTypeParameters: 'CR_Core' },
    // A resource that is counted only, and two GPUs, which are two devices that every machine has.
    GresTypes: 'fake,gpu',
    ...{ SchedulerType: 'sched/backfill', ReturnToService: 2, MpiDefault: 'none' },
    SchedulerParameters: 'batch_sched_delay=0,sched_interval=1,sched_min_interval=0,bf_interval=1',
  };
  const lines = Object.entries(settings).map(([key, value]) => `${key}=${value}`);
  // A little less than there is, or the node would be drained.
  const memory = Math.floor((0.9 * totalmem()) / 2 ** 20);
  const node = `NodeName=${host} NodeAddr=127.0.0.1 CPUs=2 RealMemory=${memory} Gres=fake:2,gpu:2 Feature=a100 State=UNKNOWN`;
  const partition = `PartitionName=main Nodes=${host} Default=YES MaxTime=INFINITE State=UP`;
  writeFileSync(conf, `${[...lines, node, partition].join('\n')}\n`);
  writeFileSync(
    join(folder, 'gres.conf'),
    'Name=fake Count=2\nName=gpu File=/dev/null\nName=gpu File=/dev/zero\n',
  );
  const pidOf = (name: string) => Number(readFileSync(join(folder, `${name}.pid`), 'utf8'));
  const options = { env: { ...process.env, ...env, PATH: path } };
  const call = async (program: string, args: string[]) => (await run(program, args, options)).stdout;
  const kill = (name: string) => {
    try {
      process.kill(pidOf(name), 'SIGKILL');
    } catch {
      // It has ended.
    }
  };
  const stop = async (name: string) => {
    const mark = markProcess(pidOf(name));
    process.kill(mark.pid, 'SIGTERM');
    for (let i = 0; i < 100 && liveness(mark) === 'alive'; i++) await sleep(100);
  };
  const munge = ['key', 'socket', 'pid', 'log', 'seed'].map(
    (name) => `--${name}-file=${join(folder, 'munge', name)}`,
  );
  munge[1] = `--socket=${socket}`;
  await run('munged', [...munge, '--force'], options);
  const start = async (name: string, args: string[] = []) => {
    await run(name, ['-L', join(folder, `${name}.log`), ...args], options);
  };
  const resume = async () => {
    const states = await call('sinfo', ['-h', '-N', '-o', '%N %T']).catch(() => '');
    const [, name] = /^(\S+) .*(?:drain|down)/m.exec(states) ?? [];
    if (name === undefined) return 0;
    await call('scontrol', ['update', `NodeName=${name}`, 'State=RESUME']).catch(() => {});
    return 1;
  };
  await start('slurmctld');
  await start('slurmd');
  for (let waited = 0; waited < 20_000; waited += 200) {
    if (/idle/.test(await call('sinfo', ['-h', '-o', '%T']).catch(() => ''))) break;
    await sleep(200);
  }
  return {
    ...{ env, kill, stop, start, resume, call },
    close: async () => {
      await call('scancel', ['--me']).catch(() => {});
      await sleep(500);
      for (const name of ['slurmd', 'slurmctld', 'munge/pid']) {
        try {
          const file = name === 'munge/pid' ? join(folder, name) : join(folder, `${name}.pid`);
          process.kill(Number(readFileSync(file, 'utf8')), 'SIGKILL');
        } catch {
          // It has ended.
        }
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
