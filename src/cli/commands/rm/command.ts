import { Command } from 'commander';

/** `facecom rm RUN|SWEEP`: deletes folders of runs. */
export function command(): Command {
  return new Command('rm')
    .argument('<RUN|SWEEP...>', 'run folder, name/trial-attempt, trial, name of a sweep, or last')
    .option('--mlflow', 'delete the runs in MLflow, too')
    .option('-y, --yes', 'delete without asking')
    .option('--dry-run', 'only show what would be deleted')
    .option('--runs <DIR>', 'folder of the run folders', 'runs')
    .option('--json', 'print one JSON document; needs --yes or --dry-run')
    .action(async (targets: string[], options: RmOptions) => {
      const { rm } = await import('./action.ts');
      process.exitCode = await rm(targets, options);
    });
}

export interface RmOptions {
  mlflow?: boolean;
  yes?: boolean;
  dryRun?: boolean;
  runs: string;
  json?: boolean;
}
