import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { packageFolder } from '../src/base/folders.ts';
import { Random } from '../src/base/random.ts';
import { readEvents, readSearch, readState, scanRuns } from '../src/record/index.ts';
import { writeSearch } from '../test/support/searching.ts';
import type { BenchContext } from './support/context.ts';

const TRIALS = 30;

/**
 * kill -9 of the orchestrator of an adaptive sweep, one trial at a time, at random moments, each time started again, until the sweep has ended;
 * then the next one. `--rounds` is the number of kills, `--seed` draws their moments: many kills are done in pieces of other seeds. What counts
 * at the end of each: the proposals are those of a sweep that nobody disturbed, and no finished trial is lost or was started again.
 */
export async function run(context: BenchContext): Promise<void> {
  const wanted = context.rounds(200);
  const calm = await folderOf(context);
  const begun = performance.now();
  await ended(start(calm));
  const length = performance.now() - begun;
  const expected = proposalsOf(calm);
  const random = new Random(context.seed, 'search kill');
  const found = { kills: 0, sweeps: 0, other_proposals: 0, lost: 0, repeated: 0 };
  while (found.kills < wanted) {
    const cwd = await folderOf(context);
    const finished = new Set<string>();
    found.sweeps++;
    for (;;) {
      const child = start(cwd);
      const exit = ended(child);
      const pause = sleep(random.uniform(0, length * 0.25), false);
      if (await Promise.race([exit.then(() => true), pause])) {
        if ((await exit) === 0) break;
        continue;
      }
      observe(cwd, finished, found);
      if (found.kills < wanted) {
        child.kill('SIGKILL');
        found.kills++;
      }
      if ((await exit) === 0) break;
    }
    observe(cwd, finished, found);
    const proposals = proposalsOf(cwd);
    if (!isDeepStrictEqual(proposals, expected)) found.other_proposals++;
    judge(cwd, found);
    context.note(`${found.kills}/${wanted} kills, ${JSON.stringify(found)}`);
  }
  const details = { ...found, trials: TRIALS, undisturbed_seconds: Math.round(length) / 1000 };
  for (const [name, value] of [
    ['sweeps with other proposals', found.other_proposals],
    ['finished trials lost', found.lost],
    ['trials repeated', found.repeated],
  ] as const)
    context.report({ case: name, ours: value, unit: '', better: 'lower', rounds: found.kills, details });
}

async function folderOf(context: BenchContext): Promise<string> {
  const cwd = await context.folder();
  writeSearch(cwd, { sweep: { trials: TRIALS }, epochs: 2, params: { pause: 10 } });
  return cwd;
}

function start(cwd: string) {
  const program = join(packageFolder(), 'bin', 'facecom.mjs');
  return spawn(process.execPath, [program, 'sweep', 'search.yaml', '--quiet', '--max-parallel', '1'], {
    cwd,
    stdio: 'ignore',
  });
}

/** The exit code; null if a signal ended it. */
const ended = (child: ReturnType<typeof start>): Promise<number | null> =>
  new Promise((resolve) => child.once('exit', resolve));

const sweepOf = (cwd: string): string => join(cwd, 'runs', 'search');

const proposalsOf = (cwd: string): object[] =>
  readSearch(sweepOf(cwd)).filter(({ type }) => type === 'proposed');

/** What has finished once is finished at every later look. */
function observe(cwd: string, finished: Set<string>, found: { lost: number }): void {
  const now = new Set<string>();
  try {
    for (const { trial, status } of scanRuns(sweepOf(cwd))) if (status === 'finished') now.add(trial);
  } catch {
    // It was killed before it had a folder.
  }
  for (const trial of finished) if (!now.has(trial)) found.lost++;
  for (const trial of now) finished.add(trial);
}

function judge(cwd: string, found: { lost: number; repeated: number }): void {
  const folders = readdirSync(sweepOf(cwd)).filter((name) => /-\d+$/.test(name));
  const trials = new Set(folders.map((name) => name.split('-')[0]));
  if (trials.size < TRIALS) found.lost += TRIALS - trials.size;
  found.repeated += folders.length - trials.size;
  for (const name of folders) {
    const dir = join(sweepOf(cwd), name);
    const states = readState(dir).map(({ state }) => state);
    const end = states.indexOf('finished');
    const told = readEvents(dir).filter(({ type }) => type === 'finished').length;
    if (told > 1 || (end >= 0 && states.slice(end).includes('started'))) found.repeated++;
  }
}
