import { zoom } from '../../pixels/index.ts';
import { colour, type Effect, type Range, range } from './types.ts';

interface RandomCrop {
  scale: Range;
  ratio: Range;
  in_place: boolean;
  fill: [number, number, number];
}

/** albumentations' RandomResizedCrop to the image's own size, or AdaFace's crop (Kim et al., 2022), which leaves the rest empty. */
export const randomCrop: Effect<RandomCrop> = {
  name: 'random_crop',
  description: 'A part of the image made as large as the whole, as albumentations.RandomResizedCrop.',
  p: 0.2,
  kind: 'geometry',
  parameters: {
    scale: range('Area of the part, as a fraction of the image.', [0.5, 1], { minimum: 0.01, maximum: 1 }),
    ratio: range('Width of the part over its height.', [0.75, 1.3333], { minimum: 0.1, maximum: 10 }),
    in_place: {
      type: 'boolean',
      description: 'Whether the part stays where it is and the rest becomes fill, as AdaFace trains.',
      default: false,
    },
    fill: colour('Colour of the rest, with in_place.', [0, 0, 0]),
  },
  neutral: { scale: 1, ratio: 1 },
  apply(picture, { scale, ratio, in_place, fill }, random) {
    const { pixels, size } = picture;
    const area = random.uniform(...scale);
    const shape = Math.exp(random.uniform(Math.log(ratio[0]), Math.log(ratio[1])));
    const width = Math.max(1, Math.min(size, Math.round(size * Math.sqrt(area * shape))));
    const height = Math.max(1, Math.min(size, Math.round(size * Math.sqrt(area / shape))));
    const left = random.integer(0, size - width);
    const top = random.integer(0, size - height);
    if (!in_place) {
      zoom(picture, left, top, width, height);
      return;
    }
    for (let y = 0; y < size; y++)
      for (let x = 0; x < size; x++) {
        if (y >= top && y < top + height && x >= left && x < left + width) {
          x = left + width - 1;
          continue;
        }
        pixels.set(fill, 3 * (y * size + x));
      }
  },
};
