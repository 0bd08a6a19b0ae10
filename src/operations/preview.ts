import type { AugmentSettings, Effect } from '../augment/index.ts';
import { Random } from '../base/random.ts';
import type { Dataset, SheetRow, Subset } from '../data/index.ts';

/** A row an identity: training images of each. */
export function peopleRows({ train, identities }: Dataset, rows: number, columns: number): SheetRow[] {
  return identities.slice(0, rows).map((label, person) => {
    const positions = [...train.identity.keys()].filter((i) => train.identity[i] === person);
    return { label, pictures: positions.slice(0, columns).map((i) => ({ pixels: train.pixels(i) })) };
  });
}

/** A row an image: as it is, then as training sees it in epoch after epoch, counted from 1. */
export async function augmentedRows(
  { train, imageSize }: Dataset,
  settings: AugmentSettings,
  { rows, columns, seed }: { rows: number; columns: number; seed: number },
): Promise<SheetRow[]> {
  const { epochAugmenter } = await import('../augment/index.ts');
  const augmenters = Array.from({ length: columns - 1 }, (_, epoch) =>
    epochAugmenter(settings, imageSize, epoch),
  );
  return spreadOver(train, rows).map((i) => ({
    label: train.names[i]!.slice(-24),
    pictures: [
      { pixels: train.pixels(i), caption: 'as it is' },
      ...augmenters.map((augmenter, epoch) => {
        const pixels = train.pixels(i).slice();
        augmenter.apply(pixels, new Random(seed, 'augment', epoch, i));
        return { pixels, caption: `epoch ${epoch + 1}` };
      }),
    ],
  }));
}

/** A row an effect: as it is, then from end to end of its default ranges, the milder end first and the lower if neither is, all else drawn alike. */
export async function effectRows(
  { train, imageSize }: Dataset,
  columns: number,
  seed: number,
): Promise<SheetRow[]> {
  const { createAugmenter, effects } = await import('../augment/index.ts');
  const positions = spreadOver(train, effects.length);
  return effects.map((effect, row) => {
    const clean = train.pixels(positions[row % positions.length]!);
    const ranges = rangesOf(effect);
    // Without a range every image would be the same.
    const steps = ranges.length === 0 ? 1 : Math.max(1, columns - 1);
    return {
      label: effect.name,
      pictures: [
        { pixels: clean, caption: 'as it is' },
        ...Array.from({ length: steps }, (_, step) => {
          const pixels = clean.slice();
          const values = ranges.map((range) => valueAt(range, steps === 1 ? 1 : step / (steps - 1)));
          const entry = Object.fromEntries(ranges.map(({ name }, k) => [name, [values[k], values[k]]]));
          createAugmenter([{ effect: effect.name, p: 1, ...entry }], imageSize).apply(
            pixels,
            new Random(seed, 'preview', effect.name),
          );
          const caption = ranges
            .map(({ name, unit }, k) => `${shortName(effect.name, name)} ${shortNumber(values[k]!)}${unit}`)
            .join('\n');
          return { pixels, caption };
        }),
      ],
    };
  });
}

/** A row a condition: severities 1 to 5. */
export async function conditionRows({ train, imageSize }: Dataset, seed: number): Promise<SheetRow[]> {
  const { conditions } = await import('../pixels/index.ts');
  const positions = spreadOver(train, conditions.length);
  return conditions.map((condition, row) => {
    const clean = train.pixels(positions[row % positions.length]!);
    const under = ([1, 2, 3, 4, 5] as const).map((severity) => {
      const pixels = clean.slice();
      condition.apply(
        { pixels, size: imageSize },
        severity,
        new Random(seed, 'condition', condition.name, row),
      );
      return { pixels, caption: `severity ${severity}` };
    });
    return { label: condition.name, pictures: [{ pixels: clean, caption: 'as it is' }, ...under] };
  });
}

interface EffectRange {
  name: string;
  mildest: number;
  strongest: number;
  whole: boolean;
  /** What follows a value. */
  unit: string;
}

/** The parameters of an effect that are drawn from a range, each from the end where it does least. */
// biome-ignore lint/suspicious/noExplicitAny: any effect's parameters.
function rangesOf(effect: Effect<any>): EffectRange[] {
  const neutral = (effect.neutral ?? {}) as Record<string, number>;
  return Object.entries<{ default: unknown; description?: string; items?: { type?: string } }>(
    effect.parameters,
  ).flatMap(([name, schema]) => {
    if (!Array.isArray(schema.default) || schema.default.length !== 2) return [];
    const [low, high] = schema.default as [number, number];
    const falling = neutral[name] !== undefined && neutral[name] >= high;
    const [mildest, strongest] = falling ? [high, low] : [low, high];
    return [
      {
        ...{ name, mildest, strongest, whole: schema.items?.type === 'integer' },
        unit: unitOf(schema.description ?? ''),
      },
    ];
  });
}

/** The unit that a description ends with or names after a comma. */
const unitOf = (description: string): string =>
  /, degrees\b/.test(description) ? '°' : /, pixels\b/.test(description) ? ' px' : '';

function valueAt({ name, mildest, strongest, whole }: EffectRange, share: number): number {
  const value = mildest + share * (strongest - mildest);
  if (!whole) return value;
  // Kernels have a pixel in the middle.
  return name === 'kernel' ? 2 * Math.floor(value / 2) + 1 : Math.round(value);
}

/** `fog_coef_range` is the fog coef of an image. */
const shortName = (effect: string, name: string): string =>
  name
    .replace(/^num_/, '')
    .replace(/_(?:range|limit|percent)$/, '')
    .replace(`${effect}_`, '')
    .replaceAll('_', ' ');

/** Two digits, but all of a whole number. */
const shortNumber = (value: number): number =>
  Math.abs(value) >= 10 ? Math.round(value) : Number(value.toPrecision(2));

/** Positions of n images, far apart in the data set. */
function spreadOver({ size }: Subset, n: number): number[] {
  return Array.from({ length: Math.min(n, size) }, (_, k) => Math.floor((k * size) / Math.min(n, size)));
}
