import { Random } from '../../../src/base/random.ts';

/** A sweep over keys of numbers, as a spec has it, with what brute force makes of it. */
export interface RandomSpace {
  spec: object;
  /** The values of every key of the pool in each trial, as text, in no order; `undefined` if nothing is left. */
  expected: Set<string>;
}

/** Keys that a random space varies, and their values without a sweep. */
export const pool: Record<string, number> = {
  'train.epochs': 30,
  'train.batch_size': 32,
  'train.clip': 0,
  'train.ema': 0,
  'evaluate.batch_size': 64,
  'model.heads.gender.hidden': 512,
  'loss.label_smoothing': 0,
  'loss.alpha': 0.5,
  'loss.beta': 0.5,
};

const values: Record<string, readonly number[]> = {
  'train.epochs': [30, 5, 6, 7],
  'train.batch_size': [32, 8, 16],
  'train.clip': [0, 1, 2, 3],
  'train.ema': [0, 0.5, 0.9],
  'evaluate.batch_size': [64, 16, 32],
  'model.heads.gender.hidden': [512, 64, 128],
  'loss.label_smoothing': [0, 0.1, 0.2],
};

type Point = Record<string, number>;
type Test = (point: Point) => boolean;

/** One space of axes, zips, conditions and a simplex. Its expansion by brute force shares no code with the product. */
export function randomSpace(seed: number): RandomSpace {
  const random = new Random(seed, 'spaces');
  const names = random.shuffle(Object.keys(values)).slice(0, random.integer(2, 4));
  const axes = Object.fromEntries(
    names.map((name) => [name, random.shuffle([...values[name]!]).slice(0, random.integer(2, 3))]),
  );
  const zip = random.chance(0.5) && names.length > 2 ? [names.slice(0, 2)] : [];
  for (const [a, b] of zip) {
    const length = Math.min(axes[a!]!.length, axes[b!]!.length);
    for (const name of [a!, b!]) axes[name] = axes[name]!.slice(0, length);
  }
  const simplex = random.chance(0.4)
    ? { paths: ['loss.alpha', 'loss.beta'], total: random.pick([1, 2]), step: random.pick([0.25, 0.5]) }
    : undefined;
  const tests = new Map<string, Test>();
  const when: Record<string, unknown> = {};
  // An axis may depend on one before it in this order, which is not the order of the spec.
  for (const [i, name] of names.entries()) {
    if (i === 0 || !random.chance(0.5)) continue;
    const [written, test] = condition(random, names.slice(0, i), axes);
    if (
      zip.some(
        (group) => group.includes(name) && group.some((other) => JSON.stringify(written).includes(other)),
      )
    )
      continue;
    when[name] = written;
    tests.set(name, test);
  }
  const all = [...names, ...(simplex ? simplex.paths : [])];
  const make = (count: number) =>
    Array.from({ length: count }, () =>
      condition(random, all, { ...axes, 'loss.alpha': [0.5, 1, 0], 'loss.beta': [0.5, 1, 0] }),
    );
  const exclude = make(random.integer(0, 2));
  const require = make(random.integer(0, 1));
  const order = random.shuffle([...names]);
  return {
    spec: {
      name: 'space',
      sweep: {
        axes: Object.fromEntries(order.map((name) => [name, axes[name]])),
        zip,
        when,
        exclude: exclude.map(([written]) => written),
        require: require.map(([written]) => written),
        ...(simplex ? { simplex } : {}),
      },
    },
    expected: bruteForce(
      names,
      axes,
      zip,
      tests,
      simplex,
      (point) => exclude.every(([, test]) => !test(point)) && require.every(([, test]) => test(point)),
    ),
  };
}

/** A condition as a spec writes it, and what it means. */
function condition(
  random: Random,
  names: readonly string[],
  axes: Record<string, readonly number[]>,
): [unknown, Test] {
  const name = random.pick(names);
  const value = random.pick(axes[name]!);
  switch (random.integer(0, 4)) {
    case 0:
      return [{ [name]: value }, (point) => point[name] === value];
    case 1:
      return [`${name} != ${value}`, (point) => point[name] !== value];
    case 2:
      return [
        `${name} >= ${value} and ${name} < 100`,
        (point) => point[name]! >= value && point[name]! < 100,
      ];
    case 3: {
      const other = random.pick(names);
      return [
        `!(${name} < ${value}) or ${other} == 30`,
        (point) => point[name]! >= value || point[other] === 30,
      ];
    }
    default:
      return [{ [name]: [value, 1] }, (point) => point[name] === value || point[name] === 1];
  }
}

function bruteForce(
  names: readonly string[],
  axes: Record<string, readonly number[]>,
  zip: ReadonlyArray<readonly string[]>,
  tests: ReadonlyMap<string, Test>,
  simplex: { total: number; step: number } | undefined,
  allowed: Test,
): Set<string> {
  let picks: Point[] = [{}];
  for (const name of names)
    picks = picks.flatMap((pick) => axes[name]!.map((_, k) => ({ ...pick, [name]: k })));
  picks = picks.filter((pick) => zip.every(([a, b]) => pick[a!] === pick[b!]));
  const weights: Point[] = [];
  if (simplex)
    for (let k = 0; k * simplex.step <= simplex.total; k++)
      weights.push({ 'loss.alpha': k * simplex.step, 'loss.beta': simplex.total - k * simplex.step });
  else weights.push({});
  const found = new Set<string>();
  for (const pick of picks)
    for (const weight of weights) {
      const point: Point = { ...pool, ...weight };
      for (const name of names) if (tests.get(name)?.(point) ?? true) point[name] = axes[name]![pick[name]!]!;
      if (allowed(point)) found.add(JSON.stringify(Object.keys(pool).map((key) => point[key])));
    }
  return found;
}

/** What a trial's config has at the keys of the pool, as text. */
export function textOf(config: object): string {
  return JSON.stringify(
    Object.keys(pool).map((path) =>
      path.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], config),
    ),
  );
}

/** Codes with which a space is refused because it says nothing: what it would expand to is not the question. */
export const trivial = [
  'sweep-condition-constant',
  'sweep-empty',
  'sweep-axis-without-effect',
  'rule-loss-weights',
];
