import { plural } from '../../../base/format.ts';
import { onInterrupt } from '../../../base/interrupt.ts';
import { type InspectCounts, type Inspection, inspect as inspectData } from '../../../operations/index.ts';
import { facts } from '../../terminal/facts.ts';
import { progressLine } from '../../terminal/progress-line.ts';
import { outputWidth } from '../../terminal/wide-table.ts';

/** Prints what a data set holds, then throws what a run would refuse in it. */
export async function inspect(
  target: string | undefined,
  options: { set?: string[]; json?: boolean },
): Promise<void> {
  const { inspection, problem } = await inspectData(target, {
    set: options.set ?? [],
    signal: onInterrupt(),
    onProgress: progressLine('reading'),
  });
  process.stdout.write(options.json ? `${JSON.stringify(inspection)}\n` : `${describe(inspection)}\n`);
  if (problem) throw problem;
}

function describe(found: Inspection): string {
  const { files, per_identity: per, split, alike } = found;
  const between = ([low, high]: [number, number]) => (low === high ? `${low}` : `${low}–${high}`);
  const rows: [string, string | undefined][] = [
    ['source', `${found.source}${found.path ? ` ${found.path}` : ''}`],
    ...found.notes.map((note): [string, string] => ['', note]),
    ['all', counts(found)],
    [
      'per identity',
      found.identities === 0
        ? undefined
        : `${per.min} to ${per.max} images, median ${per.median}${per.single > 0 ? `; ${plural(per.single, 'identity', 'identities')} with one image` : ''}`,
    ],
    ['imbalance', found.imbalance && found.imbalance > 1.5 ? imbalance(found) : undefined],
    ['conditions', found.conditions && listed(found.conditions)],
    ['files', files && `${listed(files.formats)}; ${between(files.width)} × ${between(files.height)} pixels`],
    [
      'copies',
      found.copies > 0
        ? `${found.copies === 1 ? '1 image equals' : `${found.copies} images equal`} another one byte for byte`
        : undefined,
    ],
    [
      'alike',
      alike.groups > 0
        ? `${alike.pictures} images in ${plural(alike.groups, 'group')} look like one another: ${alike.examples.map((names) => names.join(' = ')).join('; ')}`
        : undefined,
    ],
    ['trained at', `${found.image_size} × ${found.image_size} pixels`],
    ['split', `by ${split.by}, seed ${split.seed}`],
    ...(['train', 'validation', 'test'] as const).map((side): [string, string] => [
      `  ${side}`,
      counts(split[side]),
    ]),
    ['hash', found.hash],
    ...found.warnings.map(({ code, message }): [string, string] => ['warning', `[${code}] ${message}`]),
  ];
  const given = rows.filter((row): row is [string, string] => row[1] !== undefined);
  return `${facts(given, outputWidth())}\n\n${found.yaml}`;
}

const listed = (numbers: Record<string, number>) =>
  Object.entries(numbers)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');

function counts(side: InspectCounts): string {
  return [
    `${plural(side.pictures, 'image')} of ${plural(side.identities, 'identity', 'identities')}`,
    `${side.male} male, ${side.female} female`,
    ...(side.unknown_gender > 0 ? [`${side.unknown_gender} without gender`] : []),
    ...(side.unknown_identity > 0 ? [`${side.unknown_identity} without identity`] : []),
  ].join('; ');
}

function imbalance({ imbalance, male, female }: Inspection): string {
  const [more, fewer] = male > female ? ['male', 'female'] : ['female', 'male'];
  return `${imbalance!.toFixed(1)} ${more} images for each ${fewer} one`;
}
