import { addGhost, addGlow } from '../light.ts';
import { type Condition, level } from './types.ts';

/** A sun or lamp in the upper half of the view: its glow, a veil over the whole image, and ghosts on the line through the centre. */
export const glare: Condition = {
  name: 'glare',
  description: 'Light into the lens: a glow, a veil and ghosts.',
  suffix: 'glare',
  apply(picture, severity, random) {
    const [radius, strength] = level(severity, [
      [0.35, 0.55],
      [0.5, 0.7],
      [0.65, 0.8],
      [0.85, 0.9],
      [1.1, 1],
    ] as const);
    const { size } = picture;
    const x = size * random.uniform(0.1, 0.9);
    const y = size * random.uniform(0, 0.45);
    const white = [255, 250, 235];
    addGlow(picture, x, y, size * radius * 2, white, strength * 0.35);
    addGlow(picture, x, y, size * radius, white, strength);
    for (let k = 0; k < 2 + severity; k++) {
      const along = random.uniform(0.4, 2);
      const tint = white.map((value) => value * random.uniform(0.5, 1));
      addGhost(
        picture,
        x + (size / 2 - x) * along,
        y + (size / 2 - y) * along,
        size * random.uniform(0.03, 0.1),
        tint,
        strength * random.uniform(0.1, 0.3),
      );
    }
  },
};
