import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FacecomError } from '../src/base/errors.ts';
import { Random } from '../src/base/random.ts';
import { explain } from '../src/operations/index.ts';
import { earlierRuns, readRun, scanRuns } from '../src/record/index.ts';
import { runPage } from '../src/report/page/run-page.ts';
import { readSweep } from '../src/report/trials/read-sweep.ts';
import type { BenchContext } from './support/context.ts';
import { writeExternal } from './support/external-spec.ts';
import { hasStack, program } from './support/program.ts';

const CASES = 2000;
/** Every so many cases the commands themselves are run. */
const PROGRAM = 100;

const files = [
  ...[
    'events.jsonl',
    'state.jsonl',
    'config.json',
    'environment.json',
    'origins.json',
    'lock.json',
    'stop.json',
  ],
  ...['spec.yaml', 'log.txt', '../sweep.json', '../lock.json', '.mlflow.json'],
];

/**
 * Record files of a finished sweep with some of their text changed ─▶ everything that reads them ─▶ no crash, no hang, the slowest answer.
 * `--rounds` is the number of cases, `--seed` draws others.
 */
export async function run(context: BenchContext): Promise<void> {
  const cwd = await context.folder();
  const sound = join(cwd, 'sound');
  await makeRecord(cwd, sound);
  const first = runsIn(sound)[0]!;
  const texts = new Map(
    files.map((name) => {
      const file = join(sound, 'exp', first, name);
      return [name, existsSync(file) ? readFileSync(file, 'utf8') : '{"pid": 1, "time": 1}'];
    }),
  );
  const crashes: string[] = [];
  let slowest = { ms: 0, of: '' };
  let commands = 0;
  const cases = context.rounds(CASES);
  const runs = join(cwd, 'runs');
  for (let k = 0; k < cases; k++) {
    const random = new Random(context.seed, 'records', k);
    rmSync(runs, { recursive: true, force: true });
    cpSync(sound, runs, { recursive: true });
    const dir = join(runs, 'exp', first);
    const changed: string[] = [];
    for (let count = random.integer(1, 3); count > 0; count--) {
      const name = random.pick(files);
      changed.push(name);
      writeFileSync(join(dir, name), mutated(texts.get(name)!, random));
    }
    const of = `case ${k} (${changed.join(', ')})`;
    for (const [reader, read] of Object.entries(readers(runs, dir))) {
      const started = performance.now();
      try {
        await read();
      } catch (error) {
        if (!(error instanceof FacecomError))
          crashes.push(`${of}, ${reader}: ${(error as Error).stack ?? error}`);
      }
      const ms = performance.now() - started;
      if (ms > slowest.ms) slowest = { ms, of: `${of}, ${reader}` };
    }
    if (k % PROGRAM === 0) {
      for (const args of [
        ['status', 'exp'],
        ['status', dir],
        ['logs', dir],
        ['stop', dir],
        ['resume', dir],
        ['report', 'exp'],
        ['sync', 'exp'],
      ]) {
        commands++;
        const { output, hung } = await program(args, { cwd, limit: 300 });
        if (hung || hasStack(output))
          crashes.push(`${of}, ${args[0]}: ${hung ? 'hangs' : output.slice(-500)}`);
      }
    }
    if (k % 500 === 499)
      context.note(`${k + 1} cases, ${crashes.length} crashes, slowest ${slowest.ms.toFixed(0)} ms`);
  }
  for (const crash of crashes.slice(0, 8)) context.note(crash);
  context.report({
    case: 'crashes on fuzzed records',
    ours: crashes.length,
    unit: 'crashes',
    better: 'lower',
    rounds: cases,
    details: {
      cases,
      commands,
      seed: context.seed,
      first: crashes.slice(0, 3).map((text) => text.split('\n')[0]),
    },
  });
  context.report({
    case: 'the slowest reader of a fuzzed record',
    ours: slowest.ms,
    unit: 'ms',
    better: 'lower',
    rounds: cases,
    details: { slowest: slowest.of },
  });
}

async function makeRecord(cwd: string, runs: string): Promise<void> {
  mkdirSync(cwd, { recursive: true });
  writeExternal(cwd, 3, { tracking: { mlflow: 'off' }, sweep: { axes: { 'optimizer.lr': [0.1, 0.01] } } });
  const { code, output } = await program(['sweep', 'exp.yaml', '--runs', runs], { cwd });
  if (code !== 0) throw new Error(output);
}

const runsIn = (runs: string): string[] =>
  [...scanRuns(join(runs, 'exp'))].map(({ dir }) => dir.split('/').at(-1)!);

const readers = (runs: string, dir: string): Record<string, () => unknown> => ({
  scan: () => [...scanRuns(join(runs, 'exp'))],
  run: () => runPage(readRun(dir), { training: [], verification: [], calibration: [] }),
  sweep: () => readSweep(join(runs, 'exp')),
  earlier: () => earlierRuns(runs, 'exp', []),
  explain: () => explain(dir, undefined, { runs }),
});

const shards = [
  ...[
    '{',
    '}',
    '[',
    ']',
    '"',
    ':',
    ',',
    '\n',
    '\0',
    '\u001b[2J',
    '\u202e',
    'null',
    'true',
    '-1',
    '1e400',
    'NaN',
  ],
  ...['__proto__', 'constructor', '9'.repeat(400), '[['.repeat(2000), '"x":', '../../', 'é', '\ud800'],
];

/** A text with some of it changed: cut, doubled, numbers and words replaced, bytes of anything put in. */
function mutated(text: string, random: Random): string | Buffer {
  if (random.chance(0.05)) return Buffer.from(Array.from({ length: 200 }, () => random.integer(0, 255)));
  let now = text;
  for (let edits = random.integer(1, 5); edits > 0; edits--) {
    const at = random.integer(0, now.length);
    const to = Math.min(now.length, at + random.integer(0, 40));
    switch (random.integer(0, 5)) {
      case 0:
        now = now.slice(0, at);
        break;
      case 1:
        now = now.slice(0, at) + random.pick(shards) + now.slice(to);
        break;
      case 2:
        now = now.slice(0, to) + now.slice(at, to).repeat(random.integer(1, 50)) + now.slice(to);
        break;
      case 3:
        now = now.replace(/-?\d+(?:\.\d+)?/g, (number) =>
          random.chance(0.2) ? random.pick(['-1', '1e300', '0', '1e18', '"1"', 'null', '[]', '{}']) : number,
        );
        break;
      case 4:
        now = now.replace(/"[^"]*"/g, (word) =>
          random.chance(0.1) ? random.pick(['"__proto__"', 'null', '7', '[]', '""', '"\\u0000"']) : word,
        );
        break;
      default:
        now = now.slice(0, at) + random.pick(shards) + now.slice(at);
    }
  }
  return now;
}
