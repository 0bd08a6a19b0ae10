export type { Experiment } from './experiment.generated.ts';
export { formatProblems, type Problem, plainProblem, SpecError, sortProblems } from './problem.ts';
export {
  type Inspected,
  inspectExperiment,
  type Origin,
  placeText,
  type ReadOptions,
  type ResolvedExperiment,
  readExperiment,
  resolveConfig,
} from './resolve.ts';
