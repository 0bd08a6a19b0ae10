import { bootstrapDifference, type Difference, type DifferenceUnit, mcnemar } from '../../base/difference.ts';
import { differenceText, type TestImage } from '../../record/index.ts';

/** A test of two sides over the images that both were tested on. */
export interface ImageTest extends Difference {
  metric: 'gender_accuracy' | 'identity_top1' | 'combined';
  /** Images that count, and the identities that they are of. */
  images: number;
  identities: number;
  /** Of two single runs: images that one alone got right, and McNemar's exact p. */
  mcnemar?: { firstAlone: number; secondAlone: number; p: number };
  /** In words. */
  text: string;
}

/** A side's answers: one list a run. */
export type Answers = readonly (readonly TestImage[])[];

interface Scored {
  unit: string;
  gender: [number, number] | undefined;
  identity: [number, number] | undefined;
}

/**
 * Paired tests of gender, identity and their weighted sum: the mean difference of what is right, image by image, with a percentile bootstrap
 * in which the images of an identity are drawn together. Images that both sides know by the same name and labels count.
 */
export function imageTests(
  first: Answers,
  second: Answers,
  names: readonly [string, string],
  weights: { gender: number; identity: number },
): ImageTest[] {
  const images = scoredImages(first, second);
  const single = first.length === 1 && second.length === 1;
  const tests = (['gender_accuracy', 'identity_top1', 'combined'] as const).flatMap((metric) => {
    const pairs = images.flatMap((image) => {
      const pair = pairOf(image, metric, weights);
      return pair ? [{ unit: image.unit, pair }] : [];
    });
    const units = new Map<string, DifferenceUnit>();
    for (const { unit, pair } of pairs) {
      const known = units.get(unit) ?? { sum: 0, count: 0 };
      units.set(unit, { sum: known.sum + pair[1] - pair[0], count: known.count + 1 });
    }
    const difference = bootstrapDifference([...units.values()]);
    if (!difference) return [];
    const alone = (mine: 0 | 1, other: 0 | 1) => pairs.filter(({ pair }) => pair[mine] > pair[other]).length;
    const test = { metric, ...difference, images: pairs.length, identities: units.size };
    const counts =
      single && metric !== 'combined' ? { firstAlone: alone(0, 1), secondAlone: alone(1, 0) } : undefined;
    const p = counts && mcnemar(counts.firstAlone, counts.secondAlone);
    return [
      {
        ...test,
        ...(counts ? { mcnemar: { ...counts, p: p! } } : {}),
        text: differenceText(difference, { names }),
      } satisfies ImageTest,
    ];
  });
  // Of one task alone the sum is the task again.
  return tests.length === 2 ? tests.filter(({ metric }) => metric !== 'combined') : tests;
}

function scoredImages(first: Answers, second: Answers): Scored[] {
  const sides = [first, second].map((runs) =>
    runs.map((answers) => new Map(answers.map((image) => [image.filename, image]))),
  );
  const names = [...(sides[0]![0]?.keys() ?? [])];
  return names.flatMap((name) => {
    const [a, b] = sides.map((runs) => runs.map((answers) => answers.get(name)));
    const all = [...a!, ...b!];
    const [one] = all;
    if (!one || !all.every((image) => image?.identity === one.identity && image?.gender === one.gender))
      return [];
    const mean = (list: typeof a, key: 'genderRight' | 'identityRight') => {
      const values = list!.map((image) => image![key]);
      return values.some((value) => value === undefined)
        ? undefined
        : values.reduce((sum: number, value) => sum + Number(value), 0) / values.length;
    };
    const both = (key: 'genderRight' | 'identityRight'): [number, number] | undefined => {
      const [x, y] = [mean(a, key), mean(b, key)];
      return x === undefined || y === undefined ? undefined : [x, y];
    };
    const unit = one.identity === undefined ? `image ${name}` : `identity ${one.identity}`;
    return [{ unit, gender: both('genderRight'), identity: both('identityRight') }];
  });
}

function pairOf(
  { gender, identity }: Scored,
  metric: ImageTest['metric'],
  weights: { gender: number; identity: number },
): [number, number] | undefined {
  if (metric === 'gender_accuracy') return gender;
  if (metric === 'identity_top1') return identity;
  if (!gender || !identity) return undefined;
  return [0, 1].map((k) => weights.gender * gender[k]! + weights.identity * identity[k]!) as [number, number];
}
