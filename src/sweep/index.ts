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
  learningSamplerOf,
  learningSamplers,
  type Sampler,
  type SamplerDefinition,
} from './samplers/index.ts';
export { type Outcome as SearchOutcome, Search } from './search.ts';
export {
  type RuleOptions,
  type Series,
  type Stop,
  type StoppingRule,
  stoppingRules,
} from './stopping/index.ts';
