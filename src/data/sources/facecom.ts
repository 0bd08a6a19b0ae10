import { join } from 'node:path';
import { readAnnotations } from '../annotations.ts';
import { existingFolder, type FileSource } from '../listing.ts';
import { withPairs } from '../pair-list.ts';

/**
 * A folder with `annotations.json`, a list of `{filename, gender: "Male" | "Female", person_id}`, and the images in `images/` or
 * beside it. A label may be absent or null.
 */
export const source: FileSource = {
  async list(settings) {
    const folder = await existingFolder(settings, 'the folder with annotations.json and images/');
    const annotations = await readAnnotations(folder, settings.genders);
    const pictures = annotations.map(({ filename, file, gender, person }) => ({
      name: filename,
      file: join(folder, file),
      gender,
      person,
    }));
    return withPairs({ folder, pictures, warnings: [], notes: [] }, settings);
  },
};
