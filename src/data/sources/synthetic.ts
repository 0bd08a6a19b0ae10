import { createHash } from 'node:crypto';
import { Random } from '../../base/random.ts';
import { badConditions, type Severity } from '../../pixels/index.ts';
import type { PictureEntry } from '../dataset.ts';
import { drawingVersion, drawPicture, makePerson } from '../faces/index.ts';
import type { Source } from './index.ts';

/** Faces drawn procedurally: the same settings give the same bytes on every machine. */
export const source: Source = {
  async open(data) {
    const { identities, images_per_identity, seed, conditions } = data.synthetic;
    const people = Array.from({ length: identities }, (_, p) => makePerson(seed, p));
    const entries: PictureEntry[] = [];
    for (const [p, person] of people.entries())
      for (let k = 0; k < images_per_identity; k++) {
        const name = `${personName(p)}_${String(k).padStart(3, '0')}.png`;
        entries.push({ name, gender: person.gender, person: personName(p), groups: [name] });
      }
    const settings = JSON.stringify({ drawingVersion, identities, images_per_identity, seed, conditions });
    const digest = (text: string) => createHash('sha256').update(text).digest('hex');
    return {
      entries,
      hash: digest(`synthetic\n${settings}`),
      pixelKey: digest(`synthetic\n${settings}\n${data.image_size}`).slice(0, 32),
      warnings: [],
      concurrency: 1,
      decode: (i) => {
        const p = Math.floor(i / images_per_identity);
        const size = data.image_size;
        const picture = i % images_per_identity;
        const pixels = drawPicture(people[p]!, { seed, picture, size });
        const random = new Random(seed, 'condition', p, picture);
        if (random.chance(conditions))
          random.pick(badConditions).apply({ pixels, size }, random.integer(1, 3) as Severity, random);
        return pixels;
      },
    };
  },
};

function personName(p: number): string {
  return `p${String(p).padStart(4, '0')}`;
}
