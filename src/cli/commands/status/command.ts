import { Command } from 'commander';

/** `facecom status`: what has run, runs and waits, from the run folders alone. */
export function command(): Command {
  return new Command('status')
    .description(
      'Show what has run, what runs and what waits: all experiments, the trials of one, or one run.',
    )
    .argument('[RUN|SWEEP]', 'run folder, name/trial-attempt, trial, name of an experiment, or last')
    .option('--runs <DIR>', 'folder of the run folders', 'runs')
    .option('--watch', 'show it again when it changes, until nothing runs any more')
    .option('--all', 'every row, also where they are more than the terminal has lines')
    .option('--json', 'print JSON documents only, one a line, ending with the summary')
    .action(async (target: string | undefined, options: StatusOptions) => {
      const { status } = await import('./action.ts');
      process.exitCode = await status(target, options);
    });
}

export interface StatusOptions {
  runs: string;
  watch?: boolean;
  all?: boolean;
  json?: boolean;
}
