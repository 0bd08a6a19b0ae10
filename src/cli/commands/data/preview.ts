import { resolve } from 'node:path';
import { Random } from '../../../base/random.ts';
import type { Dataset, Subset } from '../../../data/index.ts';
import { type SheetRow, writeSheet } from '../../../data/index.ts';
import { readTarget } from '../../../operations/index.ts';
import { numberOption } from '../../terminal/number-option.ts';
import { progressLine } from '../../terminal/progress-line.ts';

export interface PreviewOptions {
  out: string;
  policy?: string;
  augment?: boolean;
  effects?: boolean;
  conditions?: boolean;
  rows: string;
  columns: string;
  set?: string[];
  json?: boolean;
}

/** Writes a contact sheet of a data set's training pictures. */
export async function preview(target: string | undefined, options: PreviewOptions): Promise<void> {
  const rows = numberOption('rows', options.rows, { low: 1, high: 200 });
  const columns = numberOption('columns', options.columns, { low: 1, high: 100 });
  const config = await readTarget(target, options.set);
  const { loadDataset } = await import('../../../data/index.ts');
  const policy = options.policy ?? (options.augment ? config.augment.policy : undefined);
  // Effects and conditions show best on pictures that have none yet.
  if (target === undefined && (options.effects || options.conditions)) config.data.synthetic.conditions = 0;
  const dataset = await loadDataset(config.data, {
    seed: config.seed,
    onProgress: progressLine('decoding'),
  });
  const table = options.effects
    ? await effectRows(dataset, columns, config.seed)
    : options.conditions
      ? await conditionRows(dataset, config.seed)
      : policy !== undefined
        ? await augmentedRows(dataset, policy, { rows, columns, seed: config.seed })
        : peopleRows(dataset, rows, columns);
  const size = await writeSheet(options.out, table, dataset.imageSize);
  const pictures = table.reduce((sum, row) => sum + row.pictures.length, 0);
  const file = resolve(options.out);
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ file, pictures, ...size })}\n`
      : `${pictures} pictures on ${file} (${size.width} × ${size.height} pixels)\n`,
  );
}

/** A row a person: training pictures of each. */
function peopleRows({ train, identities }: Dataset, rows: number, columns: number): SheetRow[] {
  return identities.slice(0, rows).map((label, person) => {
    const positions = [...train.identity.keys()].filter((i) => train.identity[i] === person);
    return { label, pictures: positions.slice(0, columns).map((i) => ({ pixels: train.pixels(i) })) };
  });
}

/** A row a picture: as it is, then as it is in epoch after epoch. */
async function augmentedRows(
  { train, imageSize }: Dataset,
  policy: string | readonly object[],
  { rows, columns, seed }: { rows: number; columns: number; seed: number },
): Promise<SheetRow[]> {
  const { createAugmenter } = await import('../../../augment/index.ts');
  const augmenter = createAugmenter(policy, imageSize);
  return spreadOver(train, rows).map((i) => ({
    label: train.names[i]!.slice(-24),
    pictures: Array.from({ length: columns }, (_, epoch) => {
      const pixels = train.pixels(i).slice();
      if (epoch > 0) augmenter.apply(pixels, new Random(seed, 'augment', epoch - 1, i));
      return { pixels, caption: epoch === 0 ? 'as it is' : `epoch ${epoch - 1}` };
    }),
  }));
}

/** A row an effect: from the first to the second ends of its ranges. */
async function effectRows({ train, imageSize }: Dataset, columns: number, seed: number): Promise<SheetRow[]> {
  const { createAugmenter, effects } = await import('../../../augment/index.ts');
  const positions = spreadOver(train, effects.length);
  return effects.map((effect, row) => ({
    label: effect.name,
    pictures: Array.from({ length: Math.max(2, columns) }, (_, column) => {
      const pixels = train.pixels(positions[row % positions.length]!).slice();
      if (column === 0) return { pixels, caption: 'as it is' };
      const share = (column - 1) / Math.max(1, columns - 2);
      const entry: Record<string, unknown> = { effect: effect.name, p: 1 };
      for (const [name, schema] of Object.entries<{ default: unknown }>(effect.parameters)) {
        const range = schema.default;
        if (Array.isArray(range) && range.length === 2) {
          const value = range[0] + share * (range[1] - range[0]);
          const at = Number.isInteger(range[0]) && Number.isInteger(range[1]) ? Math.round(value) : value;
          entry[name] = [at, at];
        }
      }
      createAugmenter([entry], imageSize).apply(pixels, new Random(seed, 'preview', effect.name, column));
      return { pixels, caption: `range ${share.toFixed(2)}` };
    }),
  }));
}

/** A row a condition: severities 1 to 5. */
async function conditionRows({ train, imageSize }: Dataset, seed: number): Promise<SheetRow[]> {
  const { conditions } = await import('../../../pixels/index.ts');
  const positions = spreadOver(train, conditions.length);
  return conditions.map((condition, row) => ({
    label: condition.name,
    pictures: ([0, 1, 2, 3, 4, 5] as const).map((severity) => {
      const pixels = train.pixels(positions[row % positions.length]!).slice();
      if (severity > 0)
        condition.apply(
          { pixels, size: imageSize },
          severity as 1 | 2 | 3 | 4 | 5,
          new Random(seed, 'condition', condition.name, row),
        );
      return { pixels, caption: severity === 0 ? 'as it is' : `severity ${severity}` };
    }),
  }));
}

/** Positions of n pictures, far apart in the data set. */
function spreadOver({ size }: Subset, n: number): number[] {
  return Array.from({ length: Math.min(n, size) }, (_, k) => Math.floor((k * size) / Math.min(n, size)));
}
