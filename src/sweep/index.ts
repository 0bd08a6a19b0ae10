export {
  type Branch,
  checkSweep,
  type ExpandOptions,
  type Expansion,
  expandSweep,
  type Trial,
} from './expand.ts';
export { trialId } from './identity.ts';
export { sweptOrigins, trialOrigins } from './origins.ts';
export { fixedSamplers, type LearningSampler, learningSamplers, type Sampler } from './samplers/index.ts';
