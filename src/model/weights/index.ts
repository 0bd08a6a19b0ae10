export { type FittedWeights, fitWeights } from './fit.ts';
export { toTorch } from './layout.ts';
export { hashWeights, readWeights } from './read.ts';
