import { isDeepStrictEqual } from 'node:util';
import { stringify } from 'yaml';
import type { FacecomError } from '../base/errors.ts';
import type { Collection } from '../data/index.ts';
import { type Experiment, resolveConfig } from '../spec/index.ts';
import type { Inspection } from './inspection.ts';

/** Training sizes of face recognisers, of which the largest that the images fill is proposed. */
const sizes = [224, 160, 112, 96, 64];

/** The lines of YAML that read a data set as it was found to be. */
export function dataLines(
  settings: Experiment['data'],
  found: Omit<Inspection, 'yaml'>,
  { entries, size }: Collection,
  problem: FacecomError | undefined,
): string {
  const [, kind, file, pairs] =
    /^data\.source auto: (\w+)[^;]*(?:; genders of ([^;]+))?(?:; pairs of (.+))?$/.exec(
      found.notes[0] ?? '',
    ) ?? [];
  const data: Record<string, unknown> = { source: kind ?? found.source };
  if (found.path !== undefined) data.path = found.path;
  Object.assign(data, readingOf(settings));
  if (file !== undefined) data.file = file;
  if (pairs !== undefined) data.pairs = pairs;
  if (size && entries.length > 0) {
    const middle = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1]!;
    const shown = [...entries.keys()].map((i) => size(i));
    const short = middle(shown.map(({ width, height }) => Math.min(width, height)));
    const ratio = middle(shown.map(({ width, height }) => width / height));
    data.image_size = Math.min(112, sizes.find((side) => side <= 1.1 * short) ?? 64);
    // Faces that are squeezed look broader or narrower than they are.
    if (ratio > 1.1 || ratio < 1 / 1.1) data.fit = 'crop';
  } else data.image_size = found.image_size;
  if (found.warnings.some(({ code }) => code === 'data-skipped')) data.on_error = 'skip';
  const split: Record<string, unknown> = {};
  const given = entries.some(({ side }) => side !== undefined);
  if (problem?.code === 'data-leak') Object.assign(split, { given: false, by: 'identity' });
  else if (problem?.code === 'data-split')
    Object.assign(
      split,
      settings.split.train < 1 ? { by: 'identity' } : { train: 1, validation: 0, test: 0 },
    );
  else if (!given && 2 * found.per_identity.single > found.identities) split.by = 'identity';
  // Where most images look alike, such as drawings of one size, nothing would be left to divide.
  if (found.alike.groups > 0 && !given && 2 * found.alike.pictures <= found.pictures)
    split.near_duplicates = true;
  if (split.by === 'identity' && found.imbalance !== undefined) split.stratify = 'gender';
  if (Object.keys(split).length > 0) data.split = split;
  return stringify({ data }).trimEnd();
}

type Reading = Pick<Experiment['data'], 'file' | 'columns' | 'delimiter' | 'genders' | 'pairs'>;

/** What says how the files of a source are read and is not the default. */
function readingOf(settings: Reading & Partial<Pick<Experiment['data'], 'sources'>>): object {
  const { data } = resolveConfig({ name: 'data' });
  const { file, columns, delimiter, genders, pairs, sources = [] } = settings;
  const named = Object.entries(columns).filter(
    ([key, name]) => name !== data.columns[key as keyof typeof columns],
  );
  return {
    ...(file === undefined ? {} : { file }),
    ...(named.length > 0 ? { columns: Object.fromEntries(named) } : {}),
    ...(delimiter === data.delimiter ? {} : { delimiter }),
    ...(isDeepStrictEqual(genders, data.genders) ? {} : { genders }),
    ...(pairs === undefined ? {} : { pairs }),
    ...(sources.length === 0
      ? {}
      : {
          sources: sources.map(({ source, path, prefix, ...rest }) => ({
            ...{ source, path },
            ...readingOf(rest),
            ...(prefix ? { prefix } : {}),
          })),
        }),
  };
}
