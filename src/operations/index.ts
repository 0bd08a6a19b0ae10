export { type Checked, checkSpec } from './check-spec.ts';
export { chooseSlot } from './choose-slots.ts';
export { expandTrials } from './expand-trials.ts';
export { type Prepared, prepare } from './prepare.ts';
export { earlierRuns, type Forecast } from './sweep/earlier-runs.ts';
export { cell, type Point, pointsOf, resultTable } from './sweep/results.ts';
export { runTrials } from './sweep/run-trials.ts';
export {
  changedConfig,
  prepareProcess,
  sayWarnings,
  shownPath,
  type TrainedOptions,
  thenExit,
  trainedRun,
} from './trained-run.ts';
