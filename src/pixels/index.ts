export { gaussianBlur, motionBlur } from './blur.ts';
export { chooseConditions } from './conditions/choose.ts';
export { badConditions, conditions } from './conditions/index.ts';
export type { Condition, Severity } from './conditions/types.ts';
export { addGhost, addGlow, gradedGain } from './light.ts';
export { gaussianNoise, smoothField } from './noise.ts';
export type { Picture } from './picture.ts';
export { applyTable, tableOf } from './tone.ts';
export { fog, rainDrops } from './weather.ts';
