export type { Experiment } from './experiment.generated.ts';
export { formatProblems, type Problem, SpecError } from './problem.ts';
export {
  type Origin,
  type ReadOptions,
  type ResolvedExperiment,
  readExperiment,
  resolveConfig,
} from './resolve.ts';
