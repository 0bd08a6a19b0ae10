import { Command, Option } from 'commander';

const ends = ['finished', 'failed', 'stopped', 'pruned', 'interrupted', 'queued'] as const;

/** `facecom prune`: deletes old, failed or worse runs, or their checkpoints alone. */
export function command(): Command {
  return new Command('prune')
    .argument('[RUN|SWEEP...]', 'sweeps, experiments and runs; all if left out')
    .option('--older-than <AGE>', 'runs that ended so long ago: 12h, 30d, 4w')
    .option('--status <STATES>', `runs that ended so: ${ends.join(', ')}; separated by commas`)
    .option('--keep-best <N>', 'keep the best N points of each sweep, by its objective')
    .addOption(
      new Option(
        '--only <PART>',
        'delete in these runs the checkpoints alone, or that for resuming alone',
      ).choices(['checkpoints', 'last']),
    )
    .option('--mlflow', 'delete the runs in MLflow, too')
    .option('-y, --yes', 'delete without asking')
    .option('--dry-run', 'only show what would be deleted')
    .option('--runs <DIR>', 'folder of the run folders', 'runs')
    .option('--json', 'print one JSON document per run, then a summary; needs --yes or --dry-run')
    .action(async (names: string[], options: PruneOptions) => {
      const { prune } = await import('./action.ts');
      process.exitCode = await prune(names, options);
    });
}

export interface PruneOptions {
  olderThan?: string;
  status?: string;
  keepBest?: string;
  only?: 'checkpoints' | 'last';
  mlflow?: boolean;
  yes?: boolean;
  dryRun?: boolean;
  runs: string;
  json?: boolean;
}
