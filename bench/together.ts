import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { scanRuns } from '../src/record/index.ts';
import type { BenchContext } from './support/context.ts';
import { writeExternal } from './support/external-spec.ts';
import { type Ended, hasStack, program } from './support/program.ts';

const RUNS = 20;

/**
 * Commands at once on one runs folder: 20 × `run` of different trials; 20 × `run` of the same; two `setup` into an empty cache folder
 * (`--only setup`, which fetches oneDNN); a sweep with `ui` and `sync` beside it (`--only MLflow`) ─▶ faults: a stack trace, a hang, an
 * exit code that is not the one that is due, a trial that ran twice.
 */
export async function run(context: BenchContext): Promise<void> {
  const cases: [string, (cwd: string) => Promise<string[]>][] = [
    ['20 runs of different trials', different],
    ['20 runs of one trial', same],
    ['two setups', setups],
    ['a sweep, ui and sync, with MLflow', mlflow],
  ];
  for (const [name, work] of cases) {
    if (!context.wants(name)) continue;
    const cwd = await context.folder();
    writeExternal(cwd, 3);
    const started = performance.now();
    const faults = await work(cwd);
    for (const fault of faults) context.note(fault);
    context.report({
      case: name,
      ours: faults.length,
      unit: 'faults',
      better: 'lower',
      details: { seconds: Math.round((performance.now() - started) / 100) / 10, faults: faults.slice(0, 5) },
    });
  }
}

const broken = (name: string, { output, hung, code }: Ended, due: readonly (number | null)[]): string[] => [
  ...(hung ? [`${name} hangs`] : []),
  ...(hasStack(output) ? [`${name}: ${output.slice(-600)}`] : []),
  ...(due.includes(code) ? [] : [`${name}: exit code ${code}: ${output.slice(-600)}`]),
];

async function different(cwd: string): Promise<string[]> {
  const all = await Promise.all(
    Array.from({ length: RUNS }, (_, i) =>
      program(['run', 'exp.yaml', '--set', `seed=${i}`], { cwd, limit: 300 }),
    ),
  );
  const finished = [...scanRuns(join(cwd, 'runs', 'exp'))].filter(({ status }) => status === 'finished');
  return [
    ...all.flatMap((ended, i) => broken(`run ${i}`, ended, [0])),
    ...(finished.length === RUNS ? [] : [`${finished.length} of ${RUNS} runs finished`]),
  ];
}

async function same(cwd: string): Promise<string[]> {
  const all = await Promise.all(
    Array.from({ length: RUNS }, () =>
      program(['run', 'exp.yaml'], { cwd, limit: 300, env: { SLOWLY: '0.5' } }),
    ),
  );
  const runs = [...scanRuns(join(cwd, 'runs', 'exp'))];
  // One runs it, the others are told that it is at work, or what came of it.
  return [
    ...all.flatMap((ended, i) => broken(`run ${i}`, ended, [0, 2])),
    ...(all.some(({ code }) => code === 0) ? [] : ['none has run it']),
    ...(runs.length === 1 ? [] : [`${runs.length} run folders`]),
  ];
}

async function setups(cwd: string): Promise<string[]> {
  const env = { FACECOM_CACHE_DIR: join(cwd, 'cache'), FACECOM_SETUP: '' };
  const all = await Promise.all(
    [1, 2].map(() => program(['setup', '--onednn', '--json'], { cwd, env, limit: 600 })),
  );
  return all.flatMap((ended, i) => broken(`setup ${i}`, ended, [0]));
}

async function mlflow(cwd: string): Promise<string[]> {
  const env = { FACECOM_MLFLOW: 'auto', FACECOM_SETUP: '', SLOWLY: '0.3', MLFLOW_TRACKING_URI: '' };
  const sweep = program(['sweep', 'exp.yaml', '--axis', 'optimizer.lr=0.1,0.03,0.01,0.003'], {
    cwd,
    env,
    limit: 300,
  });
  // Before there are runs, there is nothing to show or to send.
  while (!existsSync(join(cwd, 'runs', 'exp'))) await new Promise((resolve) => setTimeout(resolve, 50));
  const beside: [string, Promise<Ended>][] = [];
  for (let k = 0; k < 4; k++) {
    await new Promise((resolve) => setTimeout(resolve, 700));
    beside.push(
      ['ui', program(['ui'], { cwd, env, limit: 300 })],
      ['sync', program(['sync'], { cwd, env, limit: 300 })],
    );
  }
  const faults: string[] = [];
  for (const [name, ended] of beside) faults.push(...broken(name, await ended, [0]));
  faults.push(...broken('sweep', await sweep, [0]));
  faults.push(...broken('sync', await program(['sync', '--check'], { cwd, env, limit: 300 }), [0]));
  const last = await program(['sync', '--json'], { cwd, env, limit: 300 });
  faults.push(...broken('sync', last, [0]));
  await program(['ui', '--stop'], { cwd, env, limit: 60 });
  return faults;
}
