import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { readJsonObject } from '../src/base/files.ts';
import { packageFolder } from '../src/base/folders.ts';
import { Random } from '../src/base/random.ts';
import { type RunSummary, readEvents, readState, scanRuns } from '../src/record/index.ts';
import type { BenchContext } from './support/context.ts';
import { reportCounts } from './support/counts.ts';
import { type Result, resultOf, type Subject, subjects, writeSubject } from './support/crash-subjects.ts';

/**
 * `both`: the orchestrator and its trainers; `unguarded`: it and the guard that would end them; `group`: a trainer with its process
 * group; `interrupt`: SIGINT to the orchestrator, `early`: in its first moments.
 */
const targets = [
  'orchestrator',
  'guard',
  'trainer',
  'group',
  'both',
  'unguarded',
  'interrupt',
  'early',
] as const;
type Target = (typeof targets)[number];

/** What the orchestrator survives. */
const survived = new Set<Target>(['guard', 'trainer', 'group']);

/** Milliseconds after its start in which a SIGINT is early. */
const EARLY = 250;

interface Found {
  kills: number;
  sweeps: number;
  starts: number;
  lost: number;
  repeated: number;
  different: number;
  left: number;
}

/**
 * kill -9 of the orchestrator, its guard, a trainer, a trainer's group and mixtures of them, and SIGINT, at random moments of a sweep, each
 * time started again, until the sweep has ended; then the next sweep. `--rounds` is the number of kills, `--seed` draws other moments,
 * `--only external` (trainers of milliseconds that each start a process in a session of its own) or `builtin` chooses the trainer.
 * What counts at the end of each sweep: no trial that had finished is lost or was started again, the results, curves and weights are
 * those of a sweep that nobody disturbed, and no process is left.
 */
export async function run(context: BenchContext): Promise<void> {
  const chosen = subjects.filter(({ name }) => context.wants(name));
  const share = chosen.reduce((sum, subject) => sum + subject.share, 0);
  for (const subject of chosen)
    await disturb(context, subject, Math.round((context.rounds(1000) * subject.share) / share));
}

async function disturb(context: BenchContext, subject: Subject, wanted: number): Promise<void> {
  const folder = await context.folder();
  const spec = writeSubject(folder, subject);
  const calm = join(folder, 'calm');
  const begun = performance.now();
  await ended(sweep(subject, spec, calm));
  // The machine may have been busy: the shortest sweep tells how long one takes.
  let length = performance.now() - begun;
  const expected = resultsOf(subject, calm);
  if (expected.size !== subject.trials)
    throw new Error(`The undisturbed sweep finished ${expected.size} of ${subject.trials} trials.`);

  const random = new Random(context.seed, 'crash');
  const found: Found = { kills: 0, sweeps: 0, starts: 0, lost: 0, repeated: 0, different: 0, left: 0 };
  const by: Partial<Record<Target, number>> = {};
  while (found.kills < wanted) {
    const runs = join(folder, `sweep-${found.sweeps++}`);
    const finished = new Set<string>();
    for (let first = true; ; first = false) {
      const child = sweep(subject, spec, runs);
      const started = performance.now();
      found.starts++;
      const exit = ended(child);
      for (;;) {
        // From the first moment of the program on.
        const target = targets[random.integer(0, targets.length - 1)]!;
        const latest = target === 'early' ? EARLY : length * 0.4;
        const moment = random.uniform(0, 1) ** 2 * latest;
        if (await Promise.race([exit.then(() => true), sleep(moment, false)])) break;
        observe(subject, runs, finished, found);
        if (found.kills >= wanted || !kill(child, { subject, runs, target, random })) continue;
        found.kills++;
        by[target] = (by[target] ?? 0) + 1;
        if (!survived.has(target)) break;
      }
      const code = await exit;
      if (code === 0) {
        if (first) length = Math.min(length, performance.now() - started);
        break;
      }
      // 130: it was interrupted.
      if (code !== null && code !== 130)
        throw new Error(`facecom sweep exited with ${code}: ${output.get(child)}`);
    }
    observe(subject, runs, finished, found);
    const faults = found.lost + found.repeated + found.different + found.left;
    await judge(subject, runs, expected, found);
    context.note(`${subject.name}: ${found.kills}/${wanted} kills, ${JSON.stringify(found)}`);
    if (found.lost + found.repeated + found.different + found.left > faults) context.note(`see ${runs}`);
    else remove(runs);
  }
  const details = {
    ...{ ...found, by, seed: context.seed, trials: subject.trials },
    undisturbed_seconds: Math.round(length) / 1000,
  };
  const of = (name: string) => `${subject.name}: ${name}`;
  const more = { rounds: found.kills, details };
  reportCounts(
    context,
    {
      [of('finished trials lost')]: found.lost,
      [of('finished trials repeated')]: found.repeated,
      [of('results that differ')]: found.different,
    },
    { unit: 'trials', ...more },
  );
  reportCounts(context, { [of('processes left')]: found.left }, { unit: 'processes', ...more });
}

/** What a helper of a killed orchestrator was writing may come in between. */
function remove(folder: string): void {
  for (let tries = 0; existsSync(folder); tries++)
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch (error) {
      if (tries === 10) throw error;
    }
}

const output = new WeakMap<ChildProcess, string>();

function sweep({ env }: Subject, spec: string, runs: string): ChildProcess {
  const child = spawn(
    process.execPath,
    [join(packageFolder(), 'bin', 'facecom.mjs'), 'sweep', spec, '--runs', runs, '--json'],
    { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...env } },
  );
  output.set(child, '');
  child.stderr!.on('data', (chunk: Buffer) => output.set(child, (output.get(child)! + chunk).slice(-2000)));
  return child;
}

/** The exit code; null if a signal ended it. */
function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) =>
    child.once('exit', (code, signal) => resolve(signal === 'SIGINT' ? 130 : code)),
  );
}

const scan = ({ name }: Subject, runs: string): RunSummary[] => [...scanRuns(join(runs, name))];

function kill(
  child: ChildProcess,
  { subject, runs, target, random }: { subject: Subject; runs: string; target: Target; random: Random },
): boolean {
  const trainers = scan(subject, runs).flatMap(({ status, trainer }) =>
    status === 'running' && trainer ? [trainer.pid] : [],
  );
  const one = trainers[random.integer(0, Math.max(0, trainers.length - 1))];
  const guard = guardOf(subject, runs);
  if ((target === 'trainer' || target === 'group') && one === undefined) return false;
  if (target === 'guard' && guard.length === 0) return false;
  const pids: Record<Target, number[]> = {
    orchestrator: [],
    interrupt: [],
    early: [],
    both: trainers,
    trainer: [one!],
    group: [-one!],
    guard,
    unguarded: guard,
  };
  if (!survived.has(target)) child.kill(target === 'interrupt' || target === 'early' ? 'SIGINT' : 'SIGKILL');
  for (const pid of pids[target]) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has just ended.
    }
  }
  return true;
}

function guardOf({ name }: Subject, runs: string): number[] {
  const guard = (readJsonObject(join(runs, name, 'lock.json'))?.guard as { pid?: number } | undefined)?.pid;
  return guard === undefined ? [] : [guard];
}

function resultsOf(subject: Subject, runs: string): Map<string, Result> {
  const finished = scan(subject, runs).filter(({ status }) => status === 'finished');
  return new Map(finished.map(({ trial, metrics, dir }) => [trial, resultOf(dir, metrics)]));
}

/** What has finished once is finished at every later look. */
function observe(subject: Subject, runs: string, finished: Set<string>, found: Found): void {
  const now = new Set(
    scan(subject, runs).flatMap(({ trial, status }) => (status === 'finished' ? [trial] : [])),
  );
  for (const trial of finished) if (!now.has(trial)) found.lost++;
  for (const trial of now) finished.add(trial);
}

async function judge(
  subject: Subject,
  runs: string,
  expected: Map<string, Result>,
  found: Found,
): Promise<void> {
  const results = resultsOf(subject, runs);
  for (const [trial, result] of expected) {
    if (!results.has(trial)) found.lost++;
    else if (!isDeepStrictEqual(results.get(trial), result)) found.different++;
  }
  const folders = scan(subject, runs);
  if (folders.length > new Set(folders.map(({ trial }) => trial)).size) found.repeated++;
  for (const { dir } of folders) {
    const states = readState(dir).map(({ state }) => state);
    const end = states.indexOf('finished');
    const told = readEvents(dir).filter(({ type }) => type === 'finished').length;
    if (told > 1 || (end >= 0 && states.slice(end).includes('started'))) found.repeated++;
  }
  // The next trainer, which stands by, sees itself that its parent is gone.
  for (let looks = 0; looks < 20 && processesOf(runs).length > 0; looks++) await sleep(100);
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
