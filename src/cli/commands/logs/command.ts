import { Command } from 'commander';

/** `facecom logs RUN`: what a run's trainer printed. */
export function command(): Command {
  return new Command('logs')
    .argument('<RUN>', 'run folder, name/trial-attempt, trial, or last')
    .option('-f, --follow', 'follow until the run has ended')
    .option('-n, --tail <lines>', 'only so many lines from the end')
    .option('--runs <DIR>', 'folder of the run folders', 'runs')
    .option('--json', 'print {"line": …} per line, the summary last')
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
