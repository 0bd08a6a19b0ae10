import { resolve } from 'node:path';
import { writeSheet } from '../../../data/index.ts';
import {
  augmentedRows,
  conditionRows,
  effectRows,
  peopleRows,
  readTarget,
} from '../../../operations/index.ts';
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

/** Writes a contact sheet of a data set's training images. */
export async function preview(target: string | undefined, options: PreviewOptions): Promise<void> {
  const rows = numberOption('rows', options.rows, { low: 1, high: 200 });
  const columns = numberOption('columns', options.columns, { low: 1, high: 100 });
  const config = await readTarget(target, options.set);
  const { loadDataset } = await import('../../../data/index.ts');
  const policy = options.policy ?? (options.augment ? config.augment.policy : undefined);
  // Effects and conditions show best on images that have none yet.
  if (target === undefined && (options.effects || options.conditions)) config.data.synthetic.conditions = 0;
  const dataset = await loadDataset(config.data, {
    seed: config.seed,
    onProgress: progressLine('decoding'),
  });
  const { seed } = config;
  const [title, table] = options.effects
    ? [
        'Each effect alone over its default ranges, from the milder end if there is one',
        await effectRows(dataset, columns, seed),
      ]
    : options.conditions
      ? ['Each condition at its five severities', await conditionRows(dataset, seed)]
      : policy !== undefined
        ? [
            `Augmentation policy ${typeof policy === 'string' ? policy : 'of the experiment'}, seed ${seed}`,
            await augmentedRows(dataset, { ...config.augment, policy }, { rows, columns, seed }),
          ]
        : ['Training images of each identity', peopleRows(dataset, rows, columns)];
  const size = await writeSheet(options.out, table, dataset.imageSize, title);
  const pictures = table.reduce((sum, row) => sum + row.pictures.length, 0);
  const file = resolve(options.out);
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ file, pictures, ...size })}\n`
      : `${pictures} images on ${file} (${size.width} × ${size.height} pixels)\n`,
  );
}
