import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { intervalOf } from '../src/base/statistics.ts';
import type { BenchContext } from './support/context.ts';
import { conditions, type Recipe, recipes } from './support/quality/recipes.ts';
import { Enough, type Outcome, type Side, Trials } from './support/quality/trials.ts';
import { median } from './support/rounds.ts';
import { TORCH } from './support/torch.ts';

// What recipes reach on real photographs, with PyTorch's script of the replaced program beside them: same split, epochs, size and seeds.
//   FACECOM_BENCH_DATA   a folder in the FaceCom layout; ../shared/data/orl where left out
//   FACECOM_BENCH_WORK   keeps each training's outcome: the bench continues where it was; remove it to measure again
//   FACECOM_BENCH_RUNS   trainings of this call; a case is reported once it has all of its own
//   --rounds n           seeds 0 … n − 1; 5 where left out

const ALBUMENTATIONS = ['albumentations==2.0.8', 'opencv-python-headless==5.0.0.93'];
/** The score that is waited for. */
const goal = 0.9;

export async function run(context: BenchContext): Promise<void> {
  const data = resolve(process.env.FACECOM_BENCH_DATA ?? join(import.meta.dirname, '../../shared/data/orl'));
  if (!existsSync(join(data, 'annotations.json')))
    throw new Error(`There are no photographs in ${data}: name a folder with FACECOM_BENCH_DATA.`);
  const trials = new Trials({
    work: process.env.FACECOM_BENCH_WORK ?? join(tmpdir(), 'facecom-bench-quality'),
    data,
    python: () => context.pythonEnvironment('bench-quality', [...TORCH, ...ALBUMENTATIONS]),
    limit: Number(process.env.FACECOM_BENCH_RUNS ?? Number.POSITIVE_INFINITY),
    note: context.note,
  });
  const seeds = Array.from({ length: context.rounds(5) }, (_, seed) => seed);
  for (const measured of cases) {
    if (!context.wants(measured.name)) continue;
    try {
      const [ours, peer] = await both(trials, measured, seeds);
      for (const [title, value] of Object.entries(measured.values))
        report(context, measured, { title, value, ours, peer });
    } catch (error) {
      if (!(error instanceof Enough)) throw error;
      context.note(`${measured.name}: not all of its seeds are trained yet`);
    }
  }
}

/** Two recipes seed by seed, by the side that trains each, and what of their outcomes is compared. */
interface Case {
  name: string;
  ours: [Side, Recipe];
  peer: [Side, Recipe];
  values: Record<string, (outcome: Outcome) => number | undefined>;
  unit: string;
  better: 'higher' | 'lower';
}

const score = (name: string) => (outcome: Outcome) => outcome.scores[name];
const combined = { combined: score('combined') };
const underConditions = Object.fromEntries(
  [...conditions, 'conditions'].map((name) => [name, score(`${name}/combined`)]),
);
const secondsToGoal = ({ curve }: Outcome) => curve.find((point) => point.combined >= goal)?.seconds;
const openSet = { 'rank 1': score('gallery_rank1'), 'TAR at FAR 1e-2': score('tar_at_far_1e-2') };
const scores = { unit: 'score', better: 'higher' } as const;

const cases: Case[] = [
  {
    name: 'replaced recipe against PyTorch',
    ours: ['ours', recipes.replaced],
    peer: ['peer', recipes.replaced],
    values: { ...combined, ...underConditions },
    ...scores,
  },
  {
    name: 'best recipe against the replaced one in PyTorch',
    ours: ['ours', recipes.best],
    peer: ['peer', recipes.replaced],
    values: { ...combined, ...underConditions },
    ...scores,
  },
  {
    name: 'seconds to 0.90',
    ours: ['ours', recipes.fastTimed],
    peer: ['peer', recipes.replacedTimed],
    values: { combined: secondsToGoal },
    unit: 's',
    better: 'lower',
  },
  {
    name: 'open set, softmax and triplets against softmax',
    ours: ['ours', recipes.openSet],
    peer: ['ours', recipes.openSetSoftmax],
    values: openSet,
    ...scores,
  },
  {
    name: 'open set, ArcFace against softmax',
    ours: ['ours', recipes.openSetArcface],
    peer: ['ours', recipes.openSetSoftmax],
    values: openSet,
    ...scores,
  },
  {
    name: 'joint against gender alone',
    ours: ['ours', recipes.joint],
    peer: ['ours', recipes.genderAlone],
    values: { 'gender accuracy': score('gender_accuracy'), 'gender F1': score('gender_f1') },
    ...scores,
  },
  {
    name: 'joint against identity alone',
    ours: ['ours', recipes.joint],
    peer: ['ours', recipes.identityAlone],
    values: { 'identity top-1': score('identity_top1') },
    ...scores,
  },
];

/** The outcomes of both sides, who trains first changing from seed to seed. */
async function both(trials: Trials, { ours, peer }: Case, seeds: readonly number[]) {
  const found: [Outcome[], Outcome[]] = [[], []];
  for (const seed of seeds) {
    const order = seed % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const);
    for (const k of order) found[k][seed] = await trials.outcome(...(k === 0 ? ours : peer), seed);
  }
  return found;
}

interface Compared {
  title: string;
  value: (outcome: Outcome) => number | undefined;
  ours: Outcome[];
  peer: Outcome[];
}

/** Means of scores and medians of times; the interval of the differences says whether the sides are equal. */
function report(context: BenchContext, { name, unit, better }: Case, { title, value, ours, peer }: Compared) {
  const values = { ours: ours.map(value), peer: peer.map(value) };
  const known = (side: Side) => values[side].filter((one) => one !== undefined);
  const middle = (side: Side) => (unit === 's' ? median(known(side)) : intervalOf(known(side))!.mean);
  const interval = (side: Side) => intervalOf(known(side));
  if (known('ours').length === 0 || known('peer').length === 0)
    return context.note(`${name}, ${title}: no seed of one side has it`);
  const differences = values.ours.flatMap((one, i) =>
    one === undefined || values.peer[i] === undefined ? [] : [one - values.peer[i]],
  );
  const [first, second] = [ours[0]!, peer[0]!];
  context.report({
    case: `${name}: ${title}`,
    ...{ ours: middle('ours'), peer: middle('peer'), unit, better, rounds: ours.length },
    against: second.by,
    details: {
      by: first.by,
      ours: { values: values.ours, interval: interval('ours') },
      peer: { values: values.peer, interval: interval('peer') },
      difference: intervalOf(differences),
      machines: [...new Set([...ours, ...peer].map(({ machine }) => machine))],
    },
  });
}
