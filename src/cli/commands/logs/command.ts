import { Command } from 'commander';

/** `facecom logs RUN`: what a run's trainer printed. */
export function command(): Command {
  return new Command('logs')
    .description("Print what a run's trainer has printed, and with -f what it will.")
    .argument('<RUN>', 'run folder, name/trial-attempt, trial, or last')
    .option('-f, --follow', 'go on until the run has ended')
    .option('-n, --tail <lines>', 'only so many lines from the end')
    .option('--runs <DIR>', 'folder of the run folders', 'runs')
    .option('--json', 'print {"line": …} a line, ending with the summary')
    .action(async (run: string, options: LogsOptions) => {
      const { logs } = await import('./action.ts');
      process.exitCode = await logs(run, options);
    });
}

export interface LogsOptions {
  follow?: boolean;
  tail?: string;
  runs: string;
  json?: boolean;
}
