export { checkConfig, checkSchema, show, typeNames } from './check.ts';
export { pathsOfFlags } from './compose.ts';
export { type Decides, decides, indecisiveKeys, isForEvaluation } from './decides.ts';
export { schemaWords } from './describe.ts';
export type { Experiment } from './experiment.generated.ts';
export { usePlugins } from './extend.ts';
export type { PlacedFinding } from './findings.ts';
export { applyFixes } from './fix.ts';
export { isMatching, lossNames, metricNames, timingNames, trainScoreNames } from './metric-names.ts';
export { blocksOf, formatProblems, type Problem, plainProblem, SpecError, sortProblems } from './problem.ts';
export {
  type Inspected,
  inspectExperiment,
  type Origin,
  placed,
  placeOf,
  type ReadOptions,
  type ResolvedExperiment,
  readExperiment,
  resolveConfig,
} from './resolve.ts';
export {
  branchOf,
  experimentSchema,
  fillDefaults,
  resolved,
  type Schema,
  schemaAt,
} from './schema.ts';
export { commentedSpec } from './template.ts';
export { checkTrainerParams } from './trainer-params.ts';
export { findNode, formatPath, type Path, parsePath } from './tree.ts';
