import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolder } from '../src/base/folders.ts';
import { peakMemory } from '../src/machine/index.ts';
import { readState, scanRuns } from '../src/record/index.ts';
import type { BenchContext } from './support/context.ts';

const SLOTS = 2;
const TRIALS = 1000;
const MANY = 10_000;
const HYDRA = ['hydra-core==1.3.2', 'hydra-joblib-launcher==1.2.0', 'joblib==1.4.2'];
const RAY = ['ray[tune]==2.49.2'];

/** What it costs to run many short trials, how long slots stand empty between trials, and what many trials take of memory. */
export async function run(context: BenchContext): Promise<void> {
  const folder = await context.folder();
  const command = join(folder, 'noop.sh');
  writeFileSync(
    command,
    `echo '{"type":"finished","time":1,"metrics":{"val/combined":0.5}}' >> "$FACECOM_RUN_DIR/events.jsonl"\n`,
  );
  let number = 0;
  const place = () => {
    const made = join(folder, String(number++));
    mkdirSync(made);
    return made;
  };
  if (context.wants('hydra')) await againstHydra(context, place, command);
  if (context.wants('ray')) await againstRay(context, place, command);
  if (context.wants('idle')) await idle(context, place);
  if (context.wants('memory')) {
    const { peak, seconds } = await noops(place(), command, MANY);
    const details = { trials: MANY, seconds: Math.round(seconds) };
    context.report({
      case: 'memory with 10,000 trials',
      ours: peak / 1e6,
      unit: 'MB',
      better: 'lower',
      rounds: 1,
      details,
    });
  }
}

type Place = () => string;

async function againstHydra(context: BenchContext, place: Place, command: string): Promise<void> {
  const python = await context.pythonEnvironment('bench-hydra', HYDRA);
  const script = join(import.meta.dirname, 'peers', 'orchestrate_hydra.py');
  const overrides = (sweep: string) => [
    `trial=range(0,${TRIALS})`,
    'hydra/launcher=joblib',
    `hydra.launcher.n_jobs=${SLOTS}`,
    `hydra.sweep.dir=${sweep}`,
    `+command=${command}`,
  ];
  await compare(context, place, command, {
    case: 'overhead a trial, against hydra',
    against: `${HYDRA[0]}, ${HYDRA[1]}`,
    rounds: 3,
    peer: async () => (await timed([python, script, '-m', ...overrides(place())])).seconds,
  });
}

async function againstRay(context: BenchContext, place: Place, command: string): Promise<void> {
  const python = await context.pythonEnvironment('bench-ray', RAY);
  const script = join(import.meta.dirname, 'peers', 'orchestrate_ray.py');
  await compare(context, place, command, {
    case: 'overhead a trial, against ray',
    against: RAY[0]!,
    // Minutes each.
    rounds: 1,
    peer: async () =>
      (await timed([python, script, place(), String(TRIALS), String(SLOTS), command])).seconds,
  });
}

async function compare(
  context: BenchContext,
  place: Place,
  command: string,
  { peer, rounds, ...names }: { case: string; against: string; rounds: number; peer: () => Promise<number> },
): Promise<void> {
  const { ours, peer: theirs } = await context.alternate(context.rounds(rounds), {
    ours: async () => ((await noops(place(), command, TRIALS)).seconds / TRIALS) * 1000,
    peer: async () => ((await peer()) / TRIALS) * 1000,
  });
  context.report({
    ...names,
    ours: ours.median,
    peer: theirs.median,
    unit: 'ms',
    better: 'lower',
    rounds: ours.values.length,
    details: { trials: TRIALS, slots: SLOTS, started_and_ended: 'included' },
  });
}

/** A sweep of trials that do nothing but say that they have finished. */
async function noops(folder: string, command: string, trials: number) {
  const spec = join(folder, 'noop.yaml');
  writeFileSync(
    spec,
    JSON.stringify({
      name: 'noop',
      trainer: { command: ['/bin/sh', command] },
      resources: { max_parallel: SLOTS },
      tracking: { mlflow: 'off' },
      sweep: { axes: { 'optimizer.weight_decay': Array.from({ length: trials }, (_, i) => i / trials) } },
    }),
  );
  const measured = await timed([...facecom, 'sweep', spec, '--runs', join(folder, 'runs'), '--json']);
  let finished = 0;
  for (const run of scanRuns(join(folder, 'runs', 'noop'), { state: true }))
    finished += Number(run.status === 'finished');
  if (finished !== trials) throw new Error(`${finished} of ${trials} trials finished.`);
  return measured;
}

/** How long the slots of the built-in trainer stood empty, as the record says: a sweep of short trainings. */
async function idle(context: BenchContext, place: Place): Promise<void> {
  const folder = place();
  const spec = join(folder, 'idle.yaml');
  const tiny = join(packageFolder(), 'experiments', 'tiny.yaml');
  const rates = Array.from({ length: context.rounds(20) }, (_, i) => 0.001 + i * 1e-5);
  writeFileSync(join(folder, 'tiny.yaml'), readFileSync(tiny, 'utf8'));
  writeFileSync(
    spec,
    JSON.stringify({
      name: 'idle',
      extends: 'tiny.yaml',
      resources: { max_parallel: SLOTS },
      tracking: { mlflow: 'off' },
      sweep: { axes: { 'optimizer.lr': rates } },
    }),
  );
  const runs = join(folder, 'runs');
  await timed([...facecom, 'sweep', spec, '--runs', runs, '--json']);
  const idles = [...scanRuns(join(runs, 'idle'), { state: true })]
    .flatMap(({ dir }) => readState(dir).flatMap((entry) => entry.idle ?? []))
    .sort((a, b) => a - b);
  if (idles.length === 0) throw new Error('No slot took a second trial.');
  const quantile = (q: number) => idles[Math.min(idles.length - 1, Math.floor(q * idles.length))]!;
  const details = {
    trials: rates.length,
    between: idles.length,
    median: quantile(0.5),
    largest: idles.at(-1),
  };
  context.report({
    case: 'slot idle between trials, p99',
    ours: quantile(0.99),
    unit: 'ms',
    better: 'lower',
    rounds: 1,
    details,
  });
}

const facecom = [process.execPath, join(packageFolder(), 'bin', 'facecom.mjs')];

/** Runs a program to its end; gives its time and, if there is a /proc, its own peak of resident memory in bytes. */
function timed([program, ...args]: readonly string[]): Promise<{ seconds: number; peak: number }> {
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    const child = spawn(program!, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let peak = 0;
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk).slice(-2000);
    });
    const timer = setInterval(() => {
      peak = Math.max(peak, peakMemory(child.pid!) ?? 0);
    }, 100);
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(timer);
      if (code === 0) resolve({ seconds: (performance.now() - begun) / 1000, peak });
      else reject(new Error(`${program} ended with ${code}: ${said}`));
    });
  });
}
