import { Command } from 'commander';

/** `facecom sync`: sends to MLflow what was not sent. */
export function command(): Command {
  return new Command('sync')
    .argument('[RUN...]', 'run folder, name/trial-attempt, trial, name of an experiment or sweep, or last')
    .option('--uri <URI>', "a server's address in place of what the runs say")
    .option('--check', 'ask MLflow also about runs of which everything was sent')
    .option('--restore', 'restore runs that were deleted in MLflow')
    .option('--runs <DIR>', 'folder of the run folders', 'runs')
    .option('--json', 'print JSON documents only, one per run, the summary last')
    .option('--quiet', 'print the summary only')
    .action(async (runs: string[], options: SyncCommandOptions) => {
      const { sync } = await import('./action.ts');
      process.exitCode = await sync(runs, options);
    });
}

export interface SyncCommandOptions {
  uri?: string;
  check?: boolean;
  restore?: boolean;
  runs: string;
  json?: boolean;
  quiet?: boolean;
}
