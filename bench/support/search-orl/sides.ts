import { spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import { packageFolder } from '../../../src/base/folders.ts';
import { eventsFile, readEvents, runFoldersUnder } from '../../../src/record/index.ts';
import { readExperiment } from '../../../src/spec/index.ts';
import { requestOf } from '../quality/trials.ts';
import {
  gridSweep,
  MIN_EPOCHS,
  REDUCTION,
  SLOTS,
  searchSweep,
  settings,
  space,
  spec,
  TRIALS,
} from './space.ts';

/** A validated epoch of any trial, in seconds since the command. */
export interface Point {
  seconds: number;
  combined: number;
}

export interface Outcome {
  /** From the command to its end, or until the score was reached. */
  seconds: number;
  trials: number;
  pruned: number;
  points: Point[];
  by: string;
}

export interface Side {
  /** An empty folder. */
  folder: string;
  data: string;
  /** The score at which it is ended; none: it runs to its end. */
  goal?: number;
}

const config = (data: string) => readExperiment(spec, { set: [...settings, `data.path=${data}`] });

/** A search. Throws if it was interrupted before it had the score. */
export async function ours(side: Side, seed: number): Promise<Outcome> {
  const { status, ...outcome } = await facecom(side, searchSweep(seed));
  if (status !== 'ended' && !outcome.points.some(({ combined }) => combined >= side.goal!))
    throw new Error(`The sweep was ${status} before its end.`);
  return outcome;
}

/**
 * The grid, in a folder that is kept: it is stopped after so many seconds and continued by the next call, and its time is that of all calls.
 * Undefined if it has not ended yet.
 */
export async function grid(side: Side, limit: number): Promise<Outcome | undefined> {
  await mkdir(side.folder, { recursive: true });
  const file = join(side.folder, 'seconds.json');
  const before = existsSync(file) ? (JSON.parse(await readFile(file, 'utf8')) as number[]) : [];
  const { status, ...outcome } = await facecom(side, gridSweep, limit);
  const pieces = [...before, outcome.seconds];
  await writeFile(file, JSON.stringify(pieces));
  const seconds = pieces.reduce((a, b) => a + b, 0);
  return status === 'ended' ? { ...outcome, seconds } : undefined;
}

async function facecom(
  { folder, data, goal = Number.POSITIVE_INFINITY }: Side,
  sweep: object,
  limit = Number.POSITIVE_INFINITY,
): Promise<Outcome & { status: string }> {
  const file = join(folder, 'sweep.yaml');
  const runs = join(folder, 'runs');
  await writeFile(file, stringify({ ...(await config(data)).config, sweep }));
  const started = Date.now();
  const child = spawn(
    process.execPath,
    [
      join(packageFolder(), 'bin/facecom.mjs'),
      ...['sweep', file, '--json', '--max-parallel', String(SLOTS), '--runs', runs],
    ],
    { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let last = '';
  createInterface({ input: child.stdout }).on('line', (line) => {
    last = line;
  });
  const exit = new Promise((resolve) => child.once('close', resolve));
  const read = reader(join(runs, 'search-orl'), started);
  let over = false;
  void exit.then(() => {
    over = true;
  });
  while (!over) {
    await Promise.race([exit, sleep(200)]);
    const enough = Date.now() - started > limit * 1000 || read().some(({ combined }) => combined >= goal);
    if (over || !enough) continue;
    child.kill('SIGINT');
    await exit;
  }
  const seconds = (Date.now() - started) / 1000;
  const { trials, pruned, status } = JSON.parse(last) as Outcome & { status: string };
  return { ...ended({ points: read(), seconds, trials, pruned, by: 'facecom' }, goal), status };
}

/** The points of a sweep so far; only what has grown is read again. */
function reader(folder: string, started: number): () => Point[] {
  const known = new Map<string, { size: number; points: Point[] }>();
  return () => {
    for (const runDir of runFoldersUnder(folder)) {
      const size = statSync(eventsFile(runDir), { throwIfNoEntry: false })?.size ?? 0;
      if (size === (known.get(runDir)?.size ?? 0)) continue;
      const points = readEvents(runDir).flatMap((event) =>
        event.type === 'metric' && event.values['val/combined'] !== undefined
          ? [{ seconds: (event.time - started) / 1000, combined: event.values['val/combined'] }]
          : [],
      );
      known.set(runDir, { size, points });
    }
    return [...known.values()].flatMap(({ points }) => points).sort((a, b) => a.seconds - b.seconds);
  };
}

/** Optuna's search over PyTorch's trainings. */
export async function theirs(
  { folder, data, goal = Number.POSITIVE_INFINITY }: Side,
  seed: number,
  python: string,
): Promise<Outcome> {
  const file = join(folder, 'request.json');
  const request = {
    ...(await requestOf((await config(data)).config, folder)),
    ...{ ...space, seed, folder, trials: TRIALS, workers: SLOTS },
    ...{ min_epochs: MIN_EPOCHS, reduction: REDUCTION },
  };
  await writeFile(file, JSON.stringify(request));
  const started = performance.now();
  const child = spawn(
    python,
    [join(import.meta.dirname, '../../peers/search_orl.py'), file, String(Date.now() / 1000)],
    { stdio: ['ignore', 'pipe', 'inherit'], detached: true, env: { ...process.env, OMP_NUM_THREADS: '1' } },
  );
  // Its workers are of its process group.
  const kill = () => {
    try {
      process.kill(-child.pid!, 'SIGKILL');
    } catch {
      // It has ended.
    }
  };
  process.once('exit', kill);
  const points: Point[] = [];
  const seen = new Set<number>();
  let summary: { trials?: number; pruned?: number; torch?: string; optuna?: string } = {};
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith('{')) continue;
    const told = JSON.parse(line) as Point & { trial?: number };
    if (told.trial === undefined) summary = told as typeof summary;
    else {
      seen.add(told.trial);
      points.push({ seconds: told.seconds, combined: told.combined });
    }
    if (told.combined >= goal) kill();
  }
  process.off('exit', kill);
  return ended(
    {
      ...{ points, seconds: (performance.now() - started) / 1000 },
      ...{ trials: summary.trials ?? seen.size, pruned: summary.pruned ?? Number.NaN },
      by: 'Optuna 5.0.0 with ASHA over PyTorch 2.15.0 bf16 channels_last, two processes',
    },
    goal,
  );
}

/** The score ends the time, not what comes after it. */
function ended(outcome: Outcome, goal: number): Outcome {
  const reached = outcome.points.find(({ combined }) => combined >= goal);
  return { ...outcome, seconds: reached?.seconds ?? outcome.seconds };
}

/** A side's script, for what is kept of it. */
export const scripts = async (): Promise<string> =>
  (
    await Promise.all(
      ['../../peers/search_orl.py', '../../peers/replaced.py', 'space.ts'].map((file) =>
        readFile(join(import.meta.dirname, file), 'utf8'),
      ),
    )
  ).join('\n');
