import { compress } from '../../pixels/index.ts';
import { type Effect, type Range, range } from './types.ts';

interface Jpeg {
  quality_range: Range;
}

/** albumentations' ImageCompression, JPEG, with qualities that can be seen: its default is 99 to 100. */
export const jpeg: Effect<Jpeg> = {
  name: 'jpeg',
  description: 'JPEG’s losses, as albumentations.ImageCompression.',
  p: 0.2,
  kind: 'other',
  parameters: {
    quality_range: range(
      'Quality by libjpeg’s scale, 1 the worst; 100 leaves the image as it is.',
      [30, 90],
      {
        minimum: 1,
        maximum: 100,
        integer: true,
      },
    ),
  },
  neutral: { quality_range: 100 },
  apply(picture, { quality_range }, random) {
    const quality = random.integer(...quality_range);
    if (quality < 100) compress(picture, quality);
  },
};
