import { Command } from 'commander';

/** `facecom hand-in RUN`: a folder with all that a contest asks for. */
export function command(): Command {
  return new Command('hand-in')
    .argument('<RUN>', 'run folder, name/trial-attempt, trial, or last')
    .option('--out <FOLDER>', 'new or empty folder', 'hand-in')
    .option('--runs <DIR>', 'folder of the run folders', 'runs')
    .option('--json', 'print one JSON document')
    .action(async (run, options) => (await import('./action.ts')).handInRun(run, options));
}
