import { join } from 'node:path';
import { FacecomError } from '../../base/errors.ts';
import { joinTasks } from '../competition/join.ts';
import { labelVersion } from '../competition/label-version.ts';
import { type ChallengeFile, readTree } from '../competition/tree.ts';
import { existingFolder, type FileSource, type ListedPicture, refuseEmpty } from '../listing.ts';
import { withPairs } from '../pair-list.ts';
import { refuseLinks } from '../refuse-links.ts';
import { shown } from '../shown.ts';
import { walk } from '../walk.ts';

/**
 * The folders of the FaceCom challenge (Comsys Hackathon-5) in all forms that its participants have them in:
 *   Task_A/{train,val,test}/{male,female}/…   Task_B/{train,val,test}/<identity>/…  with versions in distortion/ or by name
 * Task A's genders join Task B's identities by the file's stem, so that every version of an image has both labels.
 */
export const source: FileSource = {
  async list(settings, { signal }) {
    const expected = 'Task_A/{train,val}/{male,female}/ and Task_B/{train,val}/<identity>/';
    const folder = await existingFolder(settings, expected);
    const found = await walk(folder, signal);
    refuseLinks(folder, found);
    refuseEmpty(folder, found.pictures.length, found.others, expected);
    const { files, strange } = readTree(folder, found.pictures);
    refuseEmpty(folder, files.length, [...found.others, ...strange], expected);
    refuseTwoCopies(folder, files);
    const { pictures: joined, warnings, counts } = joinTasks(files);
    if (strange.length > 0)
      warnings.push({
        code: 'data-left-out',
        message: `${strange.length} images lie in no folder of the challenge and are left out: ${shown(strange, 3)}.`,
      });
    const pictures = joined.map(
      ({ name, gender, person, side }): ListedPicture => ({
        name,
        file: join(folder, name),
        gender,
        person,
        side,
      }),
    );
    const groups = new Map(joined.map(({ name, groups }) => [name, groups]));
    return withPairs(
      // The challenge is to recognise identities never seen in training.
      { folder, pictures, warnings, groups, peopleApart: true, notes: labelVersion(counts) },
      settings,
    );
  },
};

/** `Comys_Hackathon5/` beside `Comys_Hackathon5 (1)/`: the same images twice. */
function refuseTwoCopies(folder: string, files: readonly ChallengeFile[]): void {
  for (const letter of ['A', 'B'] as const) {
    const roots = [...new Set(files.filter(({ task }) => task === letter).map(({ root }) => root))];
    if (roots.length < 2) continue;
    throw new FacecomError('data-duplicate', `The folder holds Task ${letter} more than once.`, {
      place: { file: folder },
      found: shown(roots.map((root) => root || '.')),
      expected: 'the challenge once',
      remedy: 'Name one of these folders as data.path.',
      exitCode: 2,
    });
  }
}
