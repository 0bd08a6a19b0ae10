// An effect: a square of one grey hides part of the picture (DeVries and Taylor, 2017).
import { defineEffect } from 'facecom';

export default defineEffect<{ size: number; grey: number }>({
  name: 'grey_square',
  description: 'A grey square hides part of the picture.',
  p: 0.5,
  parameters: {
    size: {
      type: 'number',
      description: 'Side of the square, as a fraction of the picture.',
      minimum: 0,
      maximum: 1,
      default: 0.3,
    },
    grey: { type: 'integer', description: 'Its grey, 0 to 255.', minimum: 0, maximum: 255, default: 128 },
  },
  apply({ pixels, size: side }, { size, grey }, random) {
    const length = Math.round(size * side);
    const left = random.integer(0, side - length);
    const top = random.integer(0, side - length);
    for (let y = top; y < top + length; y++)
      pixels.fill(grey, (y * side + left) * 3, (y * side + left + length) * 3);
  },
});
