import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { readJsonObject } from '../src/base/files.ts';
import { packageFolder } from '../src/base/folders.ts';
import { Random } from '../src/base/random.ts';
import { type RunSummary, readEvents, readState, scanRuns } from '../src/record/index.ts';
import type { BenchContext } from './support/context.ts';

const TRIALS = 20;
const SEED = 7;
/** `unguarded`: the orchestrator and the guard that would end its trainers; `group`: a trainer with its process group; `interrupt`: SIGINT. */
const targets = ['orchestrator', 'trainer', 'both', 'unguarded', 'group', 'interrupt'] as const;

/**
 * kill -9 of the orchestrator, of a trainer, of both, of orchestrator and guard, or of a trainer's group, and SIGINT, at random moments of a
 * sweep of 20 trials whose trainers each start a process in a session of its own, each time started again, until the
 * sweep has ended; then the next sweep. `--rounds` is the number of kills. What counts at the end of each: no trial that had finished
 * is lost or was started again, the results and the curves are those of a sweep that nobody disturbed, and no process is left.
 */
export async function run(context: BenchContext): Promise<void> {
  const folder = await context.folder();
  const wanted = context.rounds(300);
  const spec = writeSpec(folder);
  const calm = join(folder, 'calm');
  const begun = performance.now();
  await ended(sweep(spec, calm));
  const length = performance.now() - begun;
  const expected = resultsOf(calm);
  if (expected.size !== TRIALS)
    throw new Error(`The undisturbed sweep finished ${expected.size} of ${TRIALS} trials.`);

  const random = new Random(SEED, 'crash');
  const found = { kills: 0, sweeps: 0, lost: 0, repeated: 0, different: 0, left: 0, starts: 0 };
  const by: Record<string, number> = {};
  while (found.kills < wanted) {
    const runs = join(folder, `sweep-${found.sweeps++}`);
    const finished = new Set<string>();
    for (;;) {
      const child = sweep(spec, runs);
      found.starts++;
      const exit = ended(child);
      for (;;) {
        // From the first moment of the program on.
        const pause = sleep(random.uniform(0, length * 0.5), false);
        if (await Promise.race([exit.then(() => true), pause])) break;
        const target = targets[random.integer(0, targets.length - 1)]!;
        observe(runs, finished, found);
        if (found.kills >= wanted || !kill(child, runs, target, random)) continue;
        found.kills++;
        by[target] = (by[target] ?? 0) + 1;
        if (target !== 'trainer' && target !== 'group') break;
      }
      const code = await exit;
      if (code === 0) break;
      // 130: it was interrupted.
      if (code !== null && code !== 130)
        throw new Error(`facecom sweep exited with ${code}: ${output.get(child)}`);
    }
    observe(runs, finished, found);
    judge(runs, expected, found);
    context.note(`${found.kills}/${wanted} kills, ${JSON.stringify(found)}`);
    if (found.lost + found.repeated + found.different + found.left > 0) context.note(`see ${runs}`);
  }
  const details = { ...found, by, trials: TRIALS, undisturbed_seconds: Math.round(length) / 1000 };
  for (const [name, value] of [
    ['finished trials lost', found.lost],
    ['finished trials repeated', found.repeated],
    ['results that differ', found.different],
    ['processes left', found.left],
  ] as const)
    context.report({
      case: name,
      ours: value,
      unit: name.startsWith('proc') ? 'processes' : 'trials',
      better: 'lower',
      rounds: found.kills,
      details,
    });
}

function writeSpec(folder: string): string {
  const file = join(folder, 'crash.yaml');
  const trainer = join(packageFolder(), 'experiments', 'external', 'train.py');
  writeFileSync(
    file,
    JSON.stringify({
      name: 'crash',
      trainer: {
        command: ['sh', '-c', 'setsid sleep 600 </dev/null >/dev/null 2>&1 & exec python3 "$0"', trainer],
      },
      train: { epochs: 4 },
      resources: { max_parallel: 2, retry_delay: 0.05, grace: 5, retry: { killed: 100 }, circuit_breaker: 0 },
      tracking: { mlflow: 'off' },
      sweep: { repeats: 2, axes: { 'optimizer.lr': [0.01, 0.03, 0.1, 0.3, 1], 'train.batch_size': [8, 16] } },
    }),
  );
  return file;
}

const output = new WeakMap<ChildProcess, string>();

function sweep(spec: string, runs: string): ChildProcess {
  const child = spawn(
    process.execPath,
    [join(packageFolder(), 'bin', 'facecom.mjs'), 'sweep', spec, '--runs', runs, '--json'],
    { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, SLOWLY: '0.05' } },
  );
  output.set(child, '');
  child.stderr!.on('data', (chunk: Buffer) => output.set(child, (output.get(child)! + chunk).slice(-2000)));
  return child;
}

/** The exit code; null if a signal ended it. */
function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once('exit', resolve));
}

const scan = (runs: string): RunSummary[] => [...scanRuns(join(runs, 'crash'))];

function kill(child: ChildProcess, runs: string, target: (typeof targets)[number], random: Random): boolean {
  const trainers = scan(runs).flatMap(({ status, trainer }) =>
    status === 'running' && trainer ? [trainer.pid] : [],
  );
  const one = trainers[random.integer(0, Math.max(0, trainers.length - 1))];
  const alone = target === 'trainer' || target === 'group';
  if (alone && one === undefined) return false;
  const pids = {
    ...{ orchestrator: [], interrupt: [], both: trainers, trainer: [one!], group: [-one!] },
    unguarded: guardOf(runs),
  }[target];
  if (!alone) child.kill(target === 'interrupt' ? 'SIGINT' : 'SIGKILL');
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has just ended.
    }
  }
  return true;
}

function guardOf(runs: string): number[] {
  const guard = (readJsonObject(join(runs, 'crash', 'lock.json'))?.guard as { pid?: number } | undefined)
    ?.pid;
  return guard === undefined ? [] : [guard];
}

interface Result {
  metrics: Record<string, number>;
  /** Values by epoch. */
  curve: Record<number, object>;
}

function resultsOf(runs: string): Map<string, Result> {
  const results = new Map<string, Result>();
  for (const { trial, status, metrics, dir } of scan(runs)) {
    if (status !== 'finished') continue;
    const curve: Record<number, object> = {};
    for (const event of readEvents(dir)) if (event.type === 'metric') curve[event.epoch] = event.values;
    results.set(trial, { metrics, curve });
  }
  return results;
}

/** What has finished once is finished at every later look. */
function observe(runs: string, finished: Set<string>, found: { lost: number }): void {
  const now = new Set(scan(runs).flatMap(({ trial, status }) => (status === 'finished' ? [trial] : [])));
  for (const trial of finished) if (!now.has(trial)) found.lost++;
  for (const trial of now) finished.add(trial);
}

function judge(
  runs: string,
  expected: Map<string, Result>,
  found: { lost: number; repeated: number; different: number; left: number },
): void {
  const results = resultsOf(runs);
  for (const [trial, result] of expected) {
    if (!results.has(trial)) found.lost++;
    else if (!isDeepStrictEqual(results.get(trial), result)) found.different++;
  }
  const folders = scan(runs);
  if (folders.length > new Set(folders.map(({ trial }) => trial)).size) found.repeated++;
  for (const { dir } of folders) {
    const states = readState(dir).map(({ state }) => state);
    const end = states.indexOf('finished');
    const told = readEvents(dir).filter(({ type }) => type === 'finished').length;
    if (told > 1 || (end >= 0 && states.slice(end).includes('started'))) found.repeated++;
  }
  found.left += processesOf(runs).length;
}

/** Processes that were started on a run of this folder and still run. */
function processesOf(runs: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`FACECOM_RUN_DIR=${runs}/`);
      } catch {
        return false;
      }
    })
    .map(Number);
}
