import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../src/base/random.ts';
import { finishes, startSweep, writeSweep } from './cluster-sweep.ts';

const TRIALS = 12;
/** Seconds after the last kill in which a sweep has to end. */
const LONGEST = 300;

/** What is killed besides the command. */
export interface Target {
  name: string;
  kill(): void;
  start(): Promise<void>;
}

export interface Kills {
  kills: number;
  random: Random;
  targets: readonly Target[];
  launcher: object;
  env: Record<string, string>;
  folder: () => Promise<string>;
  /** What an administrator does now and then. Returns how often there was something to do. */
  administer?: () => Promise<number>;
  note: (line: string) => void;
}

export type Found = Record<string, number> & {
  kills: number;
  trials: number;
  lost: number;
  repeated: number;
  hung: number;
};

/** Kills the command and the engine's daemons at random moments while sweeps run, each to its end. Returns what came of their trials. */
export async function killAtRandom(options: Kills): Promise<Found> {
  const found: Found = { kills: 0, sweeps: 0, trials: 0, lost: 0, repeated: 0, hung: 0, administered: 0 };
  while (found.kills < options.kills && found.hung === 0) await killOne(options, found);
  return found;
}

async function killOne(options: Kills, found: Found): Promise<void> {
  const { random, targets, env, note, administer } = options;
  const folder = await options.folder();
  const spec = writeSweep(folder, TRIALS, options.launcher, 'sleep 0.$((RANDOM % 9 + 1))');
  const administering = new AbortController();
  const administered = (async () => {
    while (!administering.signal.aborted) {
      found.administered! += (await administer?.()) ?? 0;
      await sleep(2000, undefined, { signal: administering.signal }).catch(() => {});
    }
  })();
  let program = startSweep(folder, spec, env);
  let quiet = 0;
  for (;;) {
    const moment = 300 + random.uniform() * 4000;
    const ended = await Promise.race([program, sleep(moment)]);
    if (ended) {
      if (ended.exitCode === 0) break;
      note(`the command ended with ${ended.exitCode ?? ended.signal}: ${String(ended.stderr).slice(-500)}`);
      program = startSweep(folder, spec, env);
      continue;
    }
    if (found.kills >= options.kills) {
      quiet += moment;
      if (quiet < LONGEST * 1000) continue;
      found.hung++;
      note(`${folder} did not end: ${finishes(folder)}`);
      program.kill('SIGKILL');
      break;
    }
    const target = [...targets, undefined][Math.floor(random.uniform() * (targets.length + 1))];
    found.kills++;
    found[target?.name ?? 'command'] = (found[target?.name ?? 'command'] ?? 0) + 1;
    if (target) {
      target.kill();
      await sleep(random.uniform() * 1000);
      await target.start();
    } else {
      program.kill('SIGKILL');
      await program;
      program = startSweep(folder, spec, env);
    }
  }
  administering.abort();
  await administered;
  found.sweeps!++;
  for (const times of finishes(folder)) {
    found.trials++;
    if (times === 0) found.lost++;
    if (times > 1) found.repeated++;
  }
  note(JSON.stringify(found));
}
