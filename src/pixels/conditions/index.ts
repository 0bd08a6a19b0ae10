import { brightness } from './brightness.ts';
import { contrast } from './contrast.ts';
import { fog } from './fog.ts';
import { glare } from './glare.ts';
import { lowLight } from './low-light.ts';
import { motionBlur } from './motion-blur.ts';
import { noise } from './noise.ts';
import { overexposure } from './overexposure.ts';
import { rain } from './rain.ts';
import { resize } from './resize.ts';
import type { Condition } from './types.ts';

export { type Condition, level, type Severity } from './types.ts';

/** FaceCom's seven bad conditions: one line each. */
export const badConditions: readonly Condition[] = [
  motionBlur,
  overexposure,
  fog,
  rain,
  lowLight,
  noise,
  glare,
];

/** Every condition: the seven, and others of ImageNet-C, one line each. */
export const conditions: readonly Condition[] = [...badConditions, resize, contrast, brightness];
