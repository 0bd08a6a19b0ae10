import { Command } from 'commander';

/** `facecom status`: what has run, runs and waits, from the run folders alone. */
export function command(): Command {
  return new Command('status')
    .argument('[RUN|SWEEP]', 'run folder, name/trial-attempt, trial, name of an experiment, or last')
    .option('--runs <DIR>', 'folder of the run folders', 'runs')
    .option('--watch', 'update until nothing runs any more')
    .option('--all', 'every row, also where they are more than the terminal has lines')
    .option('--json', 'print JSON documents only, one per line, the summary last')
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
