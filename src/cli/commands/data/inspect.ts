import type { PictureEntry } from '../../../data/index.ts';
import { readTarget } from '../../../operations/index.ts';
import { progressLine } from '../../terminal/progress-line.ts';

/** Prints what a data set holds. Throws what is wrong with it, as a run would. */
export async function inspect(
  target: string | undefined,
  options: { set?: string[]; json?: boolean },
): Promise<void> {
  const { data, seed } = await readTarget(target, options.set);
  const { loadDataset, surveyDataset } = await import('../../../data/index.ts');
  const survey = await surveyDataset(data);
  const { entries } = survey.collection;
  const { warnings } = await loadDataset(data, { seed, onProgress: progressLine('decoding') });
  const sides = Object.entries(survey.split).map(([side, positions]) => [
    side,
    count(positions.map((position) => entries[position]!)),
  ]);
  const summary = {
    source: data.source,
    ...(data.path === undefined ? {} : { path: data.path }),
    ...count(entries),
    per_identity: spread(entries),
    image_size: data.image_size,
    files: await fileSizes(survey.collection),
    split: { by: data.split.by, seed: data.split.seed, ...Object.fromEntries(sides) },
    hash: survey.hash,
    warnings,
  };
  if (options.json) process.stdout.write(`${JSON.stringify(summary)}\n`);
  else process.stdout.write(`${describe(summary)}\n`);
}

interface Counts {
  pictures: number;
  identities: number;
  male: number;
  female: number;
  unknown_gender: number;
  unknown_identity: number;
}

function count(entries: PictureEntry[]): Counts {
  const of = (gender: -1 | 0 | 1) => entries.filter((entry) => entry.gender === gender).length;
  const people = new Set(entries.map((entry) => entry.person));
  people.delete(undefined);
  return {
    pictures: entries.length,
    identities: people.size,
    male: of(0),
    female: of(1),
    unknown_gender: of(-1),
    unknown_identity: entries.filter((entry) => entry.person === undefined).length,
  };
}

interface Spread {
  min: number;
  median: number;
  max: number;
}

function spread(entries: PictureEntry[]): Spread {
  const counts = new Map<string, number>();
  for (const { person } of entries)
    if (person !== undefined) counts.set(person, (counts.get(person) ?? 0) + 1);
  const sorted = [...counts.values()].sort((a, b) => a - b);
  return { min: sorted[0]!, median: sorted[sorted.length >> 1]!, max: sorted.at(-1)! };
}

interface Files {
  formats: Record<string, number>;
  width: [number, number];
  height: [number, number];
}

/** Formats and sizes of the files, undefined where pictures are drawn. */
async function fileSizes({
  entries,
  file,
}: {
  entries: PictureEntry[];
  file?(i: number): string;
}): Promise<Files | undefined> {
  if (!file) return undefined;
  const { default: sharp } = await import('sharp');
  const files: Files = { formats: {}, width: [Infinity, 0], height: [Infinity, 0] };
  for (const i of entries.keys()) {
    const { format, width, height } = await sharp(file(i)).metadata();
    files.formats[format] = (files.formats[format] ?? 0) + 1;
    files.width = [Math.min(files.width[0], width), Math.max(files.width[1], width)];
    files.height = [Math.min(files.height[0], height), Math.max(files.height[1], height)];
  }
  return files;
}

function describe(
  summary: Counts & {
    source: string;
    path?: string;
    per_identity: Spread;
    image_size: number;
    files: Files | undefined;
    split: Record<string, unknown>;
    hash: string;
    warnings: { code: string; message: string }[];
  },
): string {
  const { files, per_identity: per, split } = summary;
  const counts = (side: Counts) =>
    [
      `${side.pictures} pictures of ${side.identities} people`,
      `${side.male} male, ${side.female} female`,
      ...(side.unknown_gender > 0 ? [`${side.unknown_gender} without gender`] : []),
      ...(side.unknown_identity > 0 ? [`${side.unknown_identity} without person`] : []),
    ].join('; ');
  const between = ([low, high]: [number, number]) => (low === high ? `${low}` : `${low}–${high}`);
  const rows: [string, string][] = [
    ['source', `${summary.source}${summary.path ? ` ${summary.path}` : ''}`],
    ['all', counts(summary)],
    ['per person', `${per.min} to ${per.max} pictures, median ${per.median}`],
    ...(files
      ? [
          [
            'files',
            `${Object.entries(files.formats)
              .map(([format, n]) => `${n} ${format}`)
              .join(', ')}; ${between(files.width)} × ${between(files.height)} pixels`,
          ] as [string, string],
        ]
      : []),
    ['trained at', `${summary.image_size} × ${summary.image_size} pixels`],
    ['split', `by ${split.by}, seed ${split.seed}`],
    ...(['train', 'validation', 'test'] as const).map(
      (side) => [`  ${side}`, counts(split[side] as Counts)] as [string, string],
    ),
    ['hash', summary.hash],
    ...summary.warnings.map(({ code, message }) => ['warning', `[${code}] ${message}`] as [string, string]),
  ];
  return rows.map(([name, text]) => `${name.padEnd(13)} ${text}`).join('\n');
}
