import { FacecomError } from '../base/errors.ts';
import { plural } from '../base/format.ts';
import type { PictureEntry } from './dataset.ts';
import { shown } from './shown.ts';
import { type Side, type Split, sides } from './sides.ts';

/** Throws `data-leak` if identities are on more than one side that the source gives. */
export function refuseSharedPeople(entries: readonly PictureEntry[]): void {
  const found = new Map<string, Set<Side>>();
  for (const { person, side } of entries)
    if (person !== undefined && side !== undefined)
      found.set(person, (found.get(person) ?? new Set()).add(side));
  const shared = [...found].filter(([, of]) => of.size > 1);
  if (shared.length === 0) return;
  throw new FacecomError('data-leak', 'Identities are on more than one side of the split.', {
    found: `${plural(shared.length, 'identity', 'identities')}: ${shown(shared.map(([name, of]) => `${name} (${[...of].join(', ')})`))}`,
    expected: 'each identity in train, val or test alone',
    remedy:
      'Remove these folders from one side, or divide the images anew with data.split.given: false and data.split.by: identity.',
    exitCode: 2,
  });
}

/** Throws `data-leak` if versions of one image, or equal images, are on several sides. */
export function refuseLeaks(entries: readonly PictureEntry[], split: Split): void {
  const first = new Map<string, { side: Side; position: number }>();
  const leaks: string[] = [];
  const seen = new Set<number>();
  for (const side of sides)
    for (const position of split[side])
      for (const group of entries[position]!.groups) {
        const other = first.get(group);
        if (!other) first.set(group, { side, position });
        else if (other.side !== side && !seen.has(position)) {
          seen.add(position);
          leaks.push(
            `${entries[position]!.name} (${side}) and ${entries[other.position]!.name} (${other.side})`,
          );
        }
      }
  if (leaks.length === 0) return;
  throw new FacecomError('data-leak', 'Versions of one image are on more than one side of the given split.', {
    found: shown(leaks),
    expected: 'all versions and copies of an image on one side',
    remedy: 'Move them to one side, or divide the images anew with data.split.given: false.',
    exitCode: 2,
  });
}
