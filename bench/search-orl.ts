import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { writeAsideAsync } from '../src/base/files.ts';
import type { BenchContext } from './support/context.ts';
import { describeMachine } from './support/machine.ts';
import { median } from './support/rounds.ts';
import { grid as gridSide, type Outcome, ours, scripts, theirs } from './support/search-orl/sides.ts';
import { TORCH } from './support/torch.ts';

// Wall-clock of alpha × lr × augmentation × backbone on photographs, from the command to the first epoch that scores as well as the best one of
// the full grid: facecom's search with ASHA against facecom's whole grid, and against Optuna with ASHA over PyTorch. Two trials at a time.
//   FACECOM_BENCH_DATA   a folder in the FaceCom layout; ../shared/data/orl where left out
//   FACECOM_BENCH_WORK   keeps what each command came to: the bench continues where it was; remove it to measure again
//   FACECOM_BENCH_RUNS   commands of this call; FACECOM_BENCH_SECONDS   of the grid in this call: it is continued by the next
//   --rounds n           seeds 0 … n − 1 of the searches; 3 where left out

const PEER = ['optuna==5.0.0', 'albumentations==2.0.8', 'opencv-python-headless==5.0.0.93'];

export async function run(context: BenchContext): Promise<void> {
  const data = resolve(process.env.FACECOM_BENCH_DATA ?? join(import.meta.dirname, '../../shared/data/orl'));
  if (!existsSync(join(data, 'annotations.json')))
    throw new Error(`There are no photographs in ${data}: name a folder with FACECOM_BENCH_DATA.`);
  const kept = await keeper(context);
  const python = await context.pythonEnvironment('bench-search-orl', [...TORCH, ...PEER]);
  const grid = await kept('grid', async (key) =>
    gridSide(
      { folder: join(workFolder(), `grid-${key}`), data },
      Number(process.env.FACECOM_BENCH_SECONDS ?? 'Infinity'),
    ),
  );
  if (!grid) return context.note('The grid has not ended yet.');
  const goal = Math.max(...grid.points.map(({ combined }) => combined));
  context.note(`grid: ${goal.toFixed(4)} after ${grid.seconds.toFixed(1)} s`);
  const found: Record<'ours' | 'peer', Outcome[]> = { ours: [], peer: [] };
  for (let seed = 0; seed < context.rounds(3); seed++) {
    const order = seed % 2 === 0 ? (['ours', 'peer'] as const) : (['peer', 'ours'] as const);
    for (const side of order) {
      const outcome = await kept(`${side}-${seed}`, async () => {
        const where = { folder: await context.folder(), data, goal };
        return side === 'ours' ? ours(where, seed) : theirs(where, seed, python);
      });
      if (!outcome) return;
      found[side].push(outcome);
    }
  }
  report(context, goal, grid, found);
}

const workFolder = () => process.env.FACECOM_BENCH_WORK ?? join(tmpdir(), 'facecom-bench-search-orl');

/** Runs a command, or returns what it came to before; undefined where no more commands are run in this call. */
async function keeper(context: BenchContext) {
  const work = workFolder();
  await mkdir(work, { recursive: true });
  const key = createHash('sha256')
    .update(await scripts())
    .digest('hex')
    .slice(0, 12);
  let left = Number(process.env.FACECOM_BENCH_RUNS ?? Number.POSITIVE_INFINITY);
  return async (
    name: string,
    measure: (key: string) => Promise<Outcome | undefined>,
  ): Promise<Outcome | undefined> => {
    const file = join(work, `${name}-${key}.json`);
    if (existsSync(file)) return JSON.parse(await readFile(file, 'utf8'));
    if (left-- <= 0) {
      context.note(`${name} is not measured yet`);
      return undefined;
    }
    const outcome = await measure(key);
    if (!outcome) return undefined;
    const best = Math.max(...outcome.points.map(({ combined }) => combined));
    context.note(`${name}: ${best.toFixed(4)}, ${outcome.trials} trials in ${outcome.seconds.toFixed(1)} s`);
    await writeAsideAsync(file, JSON.stringify({ ...outcome, machine: describeMachine() }));
    return outcome;
  };
}

function report(
  context: BenchContext,
  goal: number,
  grid: Outcome,
  { ours, peer }: Record<'ours' | 'peer', Outcome[]>,
) {
  const reached = ({ points }: Outcome) => points.some(({ combined }) => combined >= goal);
  // A search that ended without the score never had it, however short it was.
  const seconds = (outcomes: Outcome[]) =>
    outcomes.map((outcome) => (reached(outcome) ? outcome.seconds : Number.POSITIVE_INFINITY));
  const details = {
    goal,
    ...{ grid: grid.seconds, ours: seconds(ours), peer: seconds(peer) },
    trials: {
      grid: grid.trials,
      ours: ours.map(({ trials }) => trials),
      peer: peer.map(({ trials }) => trials),
    },
    reached: { ours: ours.map(reached), peer: peer.map(reached) },
  };
  const row = {
    ours: median(seconds(ours)),
    unit: 's',
    better: 'lower',
    rounds: ours.length,
    details,
  } as const;
  context.report({
    ...row,
    case: 'to the score of the full grid',
    peer: grid.seconds,
    against: "facecom's full grid",
  });
  context.report({
    ...{ ...row, case: 'to the score of the full grid', peer: median(seconds(peer)) },
    against: peer[0]!.by,
  });
}
