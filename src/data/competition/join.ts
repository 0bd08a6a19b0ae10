import type { DataWarning } from '../dataset.ts';
import { shown } from '../shown.ts';
import type { Side } from '../split.ts';
import type { ChallengeFile } from './tree.ts';

/** An image with the labels of both tasks. */
export interface JoinedPicture {
  name: string;
  gender: -1 | 0 | 1;
  person: string | undefined;
  side: Side | undefined;
  groups: string[];
}

export type Counts = Record<string, [male: number, female: number]>;

/**
 * Joins the tasks by the stems of their images: Task B's images get the gender that Task A has for the same photograph, else for
 * another one of the same identity. Images of Task A that Task B has too are listed once, as Task B's.
 */
export function joinTasks(files: readonly ChallengeFile[]): {
  pictures: JoinedPicture[];
  warnings: DataWarning[];
  counts: Counts;
} {
  const genderOf = new Map<string, 0 | 1>();
  const sidesOf = new Map<string, Set<Side | undefined>>();
  const contradictory: string[] = [];
  const counts: Counts = {};
  for (const { task, stem, gender, side, condition } of files) {
    if (task !== 'A') continue;
    const known = genderOf.get(stem);
    if (known !== undefined && known !== gender) contradictory.push(stem);
    genderOf.set(stem, gender!);
    sidesOf.set(stem, (sidesOf.get(stem) ?? new Set()).add(side));
    if (condition === undefined) {
      const name = side ?? 'all';
      counts[name] ??= [0, 0];
      counts[name][gender!]++;
    }
  }
  const ofB = files.filter(({ task }) => task === 'B');
  const stemsOfB = new Set(ofB.map(({ stem }) => stem));
  const personGender = gendersOfPeople(ofB, genderOf);
  const moved = new Set<string>();
  const pictures: JoinedPicture[] = [];
  for (const { task, name, stem, gender, person, side, groups } of files) {
    if (task === 'A') {
      if (!stemsOfB.has(stem))
        pictures.push({
          name,
          gender: gender!,
          person: undefined,
          side,
          groups: [...groups, `stem ${stem}`],
        });
      continue;
    }
    const label = genderOf.get(stem) ?? personGender.get(person!) ?? -1;
    if (genderOf.has(stem) && !sidesOf.get(stem)!.has(side)) moved.add(stem);
    pictures.push({ name, gender: label, person, side, groups: [...groups, `stem ${person} ${stem}`] });
  }
  const warnings: DataWarning[] = [];
  if (contradictory.length > 0)
    warnings.push({
      code: 'data-two-genders',
      message: `Task A has ${contradictory.length} images among both men and women: ${shown(contradictory, 5)}.`,
    });
  if (moved.size > 0)
    warnings.push({
      code: 'data-sides-differ',
      message: `${moved.size} images are on another side in Task A than in Task B, whose side counts: ${shown([...moved], 5)}.`,
    });
  return { pictures, warnings, counts };
}

/** The gender that Task A has for some image of an identity, for those of which it has none. */
function gendersOfPeople(
  ofB: readonly ChallengeFile[],
  genderOf: ReadonlyMap<string, 0 | 1>,
): Map<string, 0 | 1> {
  const found = new Map<string, Set<0 | 1>>();
  for (const { person, stem } of ofB) {
    const gender = genderOf.get(stem) ?? genderOf.get(person!);
    if (gender !== undefined) found.set(person!, (found.get(person!) ?? new Set()).add(gender));
  }
  return new Map(
    [...found].filter(([, set]) => set.size === 1).map(([person, [gender]]) => [person, gender!]),
  );
}
