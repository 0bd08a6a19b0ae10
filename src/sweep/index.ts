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
export {
  type FixedKind,
  fixedSamplers,
  type LearningSampler,
  learningSamplers,
  type Sampler,
  type SamplerDefinition,
} from './samplers/index.ts';
