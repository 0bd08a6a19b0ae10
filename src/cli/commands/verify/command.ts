import { Command } from 'commander';
import { atLeastOne } from '../sweep/command.ts';

export interface VerifyFlags {
  runs: string;
  steps?: number;
  tolerance: string;
  json?: boolean;
  quiet?: boolean;
}

/** `facecom verify RUN`: whether a run comes to the same when it is trained again. */
export function command(): Command {
  return new Command('verify')
    .argument('<RUN>', 'run folder, name/trial-attempt, trial, or last')
    .option('--steps <n>', 'train so many steps again, not the whole run', atLeastOne)
    .option('--tolerance <x>', 'relative difference up to which values count as close', '1e-4')
    .option('--runs <DIR>', 'folder of the run folders', 'runs')
    .option('--json', 'print one JSON document')
    .option('--quiet', 'print the result only')
    .action(async (run: string, options: VerifyFlags) => {
      const { verifyRun } = await import('./action.ts');
      process.exitCode = await verifyRun(run, options);
    });
}
