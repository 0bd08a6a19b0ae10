import { Command } from 'commander';

/** `facecom stop RUN|SWEEP`: lets what runs save and end. */
export function command(): Command {
  return new Command('stop')
    .argument('<RUN|SWEEP>', 'run folder, name/trial-attempt, trial, name of a sweep, or last')
    .option('--kill', 'end it at once, without a checkpoint')
    .option('--runs <DIR>', 'folder of the run folders', 'runs')
    .option('--json', 'print one JSON document')
    .action(async (target: string, options: StopOptions) => {
      const { stop } = await import('./action.ts');
      process.exitCode = await stop(target, options);
    });
}

export interface StopOptions {
  kill?: boolean;
  runs: string;
  json?: boolean;
}
