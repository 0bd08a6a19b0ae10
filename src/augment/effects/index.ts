import { brightnessContrast } from './brightness-contrast.ts';
import { fog } from './fog.ts';
import { gaussianBlur } from './gaussian-blur.ts';
import { glare } from './glare.ts';
import { horizontalFlip } from './horizontal-flip.ts';
import { lowLight } from './low-light.ts';
import { motionBlur } from './motion-blur.ts';
import { noise } from './noise.ts';
import { overexposure } from './overexposure.ts';
import { rain } from './rain.ts';
import type { Effect } from './types.ts';

/** Every effect: one line each. */
// biome-ignore lint/suspicious/noExplicitAny: each effect has parameters of its own, checked by its schema.
export const effects: readonly Effect<any>[] = [
  brightnessContrast,
  gaussianBlur,
  horizontalFlip,
  rain,
  fog,
  motionBlur,
  lowLight,
  overexposure,
  noise,
  glare,
];
