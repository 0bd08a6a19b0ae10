import { Random } from '../../src/base/random.ts';
import { experimentSchema, fillDefaults } from '../../src/spec/index.ts';
import { buildSpace } from '../../src/sweep/build.ts';
import { tpe } from '../../src/sweep/samplers/tpe.ts';
import { ABSENT, type Assignment, Tally } from '../../src/sweep/space.ts';
import type { SweepSpec } from '../../src/sweep/sweep-spec.ts';
import type { Task } from './search-tasks.ts';
import type { Worker } from './worker.ts';

type Point = Record<string, unknown>;

/** One side of a search: a point, told what it led to, returns the next. */
export type Searcher = (losses: number[] | null) => Promise<Point>;

export interface Search {
  /** What every trial led to, without noise. */
  true: number[][];
  /** What the searcher was told. */
  told: number[][];
}

/** Runs a search of so many trials; noise is the same on both sides. */
export async function search(task: Task, seed: number, trials: number, next: Searcher): Promise<Search> {
  const found: Search = { true: [], told: [] };
  let losses: number[] | null = null;
  for (let number = 0; number < trials; number++) {
    const point = await next(losses);
    const exact = task.losses(
      (axis) => point[axis] as number,
      (axis) => point[axis] as string,
    );
    const [first, ...rest] = exact;
    losses = [first! + (task.noise ? new Random(seed, 'noise', number).normal(0, task.noise) : 0), ...rest];
    found.true.push(exact);
    found.told.push(losses);
  }
  return found;
}

/** The true value of the trial that looked best, above the least there is. */
export function regret({ least }: Task, { true: exact, told }: Search): number {
  const best = told.reduce((a, [loss], i) => (loss! < told[a]![0]! ? i : a), 0);
  return exact[best]![0]! - least!;
}

export function spaceOf(task: Task) {
  const sweep = {
    axes: Object.fromEntries(Object.entries(task.axes).map(([path, { values }]) => [path, values])),
    when: Object.fromEntries(
      Object.entries(task.axes).flatMap(([path, { when }]) =>
        when ? [[path, { [when.axis]: when.is }]] : [],
      ),
    ),
    method: 'tpe',
    trials: 1,
  };
  const findings: object[] = [];
  const filled = fillDefaults(experimentSchema.properties!.sweep!, sweep) as SweepSpec;
  const space = buildSpace(filled, { name: 'bench' }, findings as Parameters<typeof buildSpace>[2]);
  if (!space) throw new Error(`${task.name}: ${JSON.stringify(findings)}`);
  return space;
}

/** facecom's sampler, in this process. */
export function ours(task: Task, seed: number, objectives = 1): Searcher {
  const space = spaceOf(task);
  const sampler = tpe.create(space, { seed, tally: new Tally(), objectives });
  const points: Assignment[] = [];
  const seen = new Set<string>();
  const keyOf = (point: Assignment) =>
    JSON.stringify(point.map((value) => (value === ABSENT ? null : value)));
  return (losses) => {
    const last = points.at(-1);
    if (losses && last) sampler.tell({ number: points.length - 1, point: last, state: 'finished', losses });
    const point = sampler.ask(points.length, (other) => seen.has(keyOf(other)))!;
    seen.add(keyOf(point));
    sampler.tell({ number: points.length, point, state: 'running' });
    points.push(point);
    return Promise.resolve(
      Object.fromEntries(
        space.axes.flatMap(({ name, index }) => (point[index] === ABSENT ? [] : [[name, point[index]]])),
      ),
    );
  };
}

/** Axes as the peer reads them. */
export function peerAxes({ axes }: Task): object[] {
  return Object.entries(axes).map(([name, { values, when }]) => {
    const [kind, given] = Array.isArray(values)
      ? ['choice', values]
      : Object.entries(values as Record<string, readonly number[]>)[0]!;
    return { name, kind, values: given, ...(when ? { when } : {}) };
  });
}

/** Optuna's default TPE in a process of its own. */
export async function theirs(worker: Worker, task: Task, seed: number, objectives = 1): Promise<Searcher> {
  await worker.ask({ open: { axes: peerAxes(task), seed, objectives } });
  return async (losses) => (await worker.ask<{ values: Point }>({ tell: losses })).values;
}
