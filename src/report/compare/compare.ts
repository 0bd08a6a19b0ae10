import { letterOf } from '../../base/format.ts';
import {
  differenceText,
  modeOf,
  type Objective,
  type Result,
  type RunRecord,
  readTestImages,
  resultOf,
  type SeedDifference,
  type SeedValue,
  seedDifference,
} from '../../record/index.ts';
import { type ChangedImage, changedImages } from './changed.ts';
import { type ConfigDifference, configDifferences } from './config-differences.ts';
import { type ImageTest, imageTests } from './image-test.ts';

/** What is compared: a run, or runs that differ in their seed alone. */
export interface Side {
  name: string;
  runs: readonly RunRecord[];
}

export interface MetricRow {
  metric: string;
  mode: Objective['mode'];
  /** Of each side. */
  results: (Result | undefined)[];
  /** Each later side against the first. */
  differences: (({ text: string } & SeedDifference) | undefined)[];
}

/** A later side against the first, in whose texts they are A and B, or C and so on. */
export interface Versus {
  first: string;
  second: string;
  /** Undefined if either has no answers for test images, or no image is both's. */
  tests?: ImageTest[];
  /** What the tests take for granted: of different data sets, images of one name may be different images. */
  note?: string;
  changed: ChangedImage[];
}

export interface Comparison {
  sides: { name: string; runs: string[]; dirs: string[]; status: string[] }[];
  config: ConfigDifference[];
  metrics: MetricRow[];
  versus: Versus[];
}

/** How sides differ in their configs, metrics and answers; the first is what the others are held against. */
export function compareSides(sides: readonly Side[]): Comparison {
  const answers = sides.map(({ runs }) => runs.flatMap(({ dir }) => [readTestImages(dir)].filter(isThere)));
  const [first, ...others] = sides as [Side, ...Side[]];
  const weights = weightsOf(first);
  return {
    sides: sides.map(({ name, runs }) => ({
      name,
      runs: runs.map(({ id }) => id),
      dirs: runs.map(({ dir }) => dir),
      status: runs.map(({ status }) => status),
    })),
    config: configDifferences(sides.map(({ runs }) => runs[0]!.config)).filter(
      ({ path }) => !(path === 'seed' && sides.some(({ runs }) => runs.length > 1)),
    ),
    metrics: metricRows(sides),
    versus: others.map((side, i) => {
      const [a, b] = [answers[0]!, answers[i + 1]!];
      const tests = a.length > 0 && b.length > 0 ? imageTests(a, b, ['A', letterOf(i + 1)], weights) : [];
      return {
        first: first.name,
        second: side.name,
        ...(tests.length > 0 ? { tests } : {}),
        ...(haveOtherData(first, side) ? { note: OTHER_DATA } : {}),
        changed: a[0] && b[0] ? changedImages(a[0], b[0]) : [],
      };
    }),
  };
}

function haveOtherData(...sides: readonly Side[]): boolean {
  const hashes = sides.flatMap(({ runs }) => runs.flatMap(({ environment }) => environment.data_hash ?? []));
  return new Set(hashes).size > 1;
}

const OTHER_DATA = 'Their data sets are not the same: images are taken for the same by name and labels.';

const isThere = <T>(value: T | undefined): value is T => value !== undefined;

/** As the first side's score weighs them. */
function weightsOf({ runs }: Side): { gender: number; identity: number } {
  const score = runs[0]?.config.evaluate?.score;
  const { gender = 0.3, identity = 0.7 } = score ?? {};
  return { gender, identity };
}

function metricRows(sides: readonly Side[]): MetricRow[] {
  const names = new Set(sides.flatMap(({ runs }) => runs.flatMap(({ scores }) => Object.keys(scores))));
  const valuesOf = ({ runs }: Side, metric: string): SeedValue[] =>
    runs.flatMap(({ scores, config }) => {
      const value = Object.hasOwn(scores, metric) ? scores[metric] : undefined;
      const seed = typeof config.seed === 'number' ? config.seed : undefined;
      return value !== undefined && Number.isFinite(value) ? [{ seed, value }] : [];
    });
  return [...names].sort(inReadingOrder).map((metric) => {
    const mode = modeOf(metric);
    const values = sides.map((side) => valuesOf(side, metric));
    return {
      metric,
      mode,
      results: values.map((list) =>
        resultOf(
          list.map(({ value }) => value),
          metric,
        ),
      ),
      differences: values.slice(1).map((list, i) => {
        const found = seedDifference(values[0]!, list);
        const pair = ['A', letterOf(i + 1)] as const;
        return found && { ...found, text: differenceText(found, { names: pair, mode }) };
      }),
    };
  });
}

const first = ['combined', 'gender_accuracy', 'identity_top1'];

/** Validation and test scores of the tasks before all others, each in the alphabet's order. */
export function inReadingOrder(a: string, b: string): number {
  const rank = (name: string) => {
    const [, split, metric = ''] = /^(val|test)\/([^/]+)$/.exec(name) ?? [];
    if (split === undefined) return 1000;
    const place = first.indexOf(metric);
    return (place < 0 ? 100 : place) * 2 + (split === 'test' ? 0 : 1);
  };
  return rank(a) - rank(b) || (a < b ? -1 : 1);
}
