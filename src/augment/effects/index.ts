import { affine } from './affine.ts';
import { brightnessContrast } from './brightness-contrast.ts';
import { coarseDropout } from './coarse-dropout.ts';
import { defocus } from './defocus.ts';
import { downscale } from './downscale.ts';
import { fog } from './fog.ts';
import { fogPatches } from './fog-patches.ts';
import { gamma } from './gamma.ts';
import { gaussianBlur } from './gaussian-blur.ts';
import { glare } from './glare.ts';
import { horizontalFlip } from './horizontal-flip.ts';
import { hueSaturation } from './hue-saturation.ts';
import { isoNoise } from './iso-noise.ts';
import { jpeg } from './jpeg.ts';
import { lowLight } from './low-light.ts';
import { motionBlur } from './motion-blur.ts';
import { noise } from './noise.ts';
import { overexposure } from './overexposure.ts';
import { rain } from './rain.ts';
import { randomCrop } from './random-crop.ts';
import { shadow } from './shadow.ts';
import { shotNoise } from './shot-noise.ts';
import { sunFlare } from './sun-flare.ts';
import type { Effect } from './types.ts';

/** Every effect: one line each. */
// biome-ignore lint/suspicious/noExplicitAny: each effect has parameters of its own, checked by its schema.
export const effects: readonly Effect<any>[] = [
  horizontalFlip,
  affine,
  randomCrop,
  downscale,
  brightnessContrast,
  gamma,
  hueSaturation,
  gaussianBlur,
  motionBlur,
  defocus,
  noise,
  isoNoise,
  shotNoise,
  jpeg,
  rain,
  fog,
  fogPatches,
  lowLight,
  overexposure,
  glare,
  sunFlare,
  shadow,
  coarseDropout,
];
