import { Command } from 'commander';
import { launcherOption } from '../../terminal/launcher-option.ts';
import { setOption } from '../../terminal/set-option.ts';
import { atLeastOne } from '../sweep/command.ts';

export interface ResumeOptions {
  runs: string;
  set?: string[];
  launcher?: string;
  json?: boolean;
  quiet?: boolean;
  maxParallel: number;
  failed?: boolean;
}

/** `facecom resume RUN|SWEEP`: continues what was interrupted. */
export function command(): Command {
  return new Command('resume')
    .argument('<RUN|SWEEP>', 'run folder, name/trial-attempt, trial, name of a sweep, or last')
    .addOption(setOption('let a run train longer, such as train.epochs=40'))
    .addOption(launcherOption())
    .option('--runs <DIR>', 'folder of the run folders', 'runs')
    .option('--max-parallel <n>', 'trials of a sweep at once, at most', atLeastOne, 0)
    .option('--failed', 'run the trials that failed again')
    .option('--json', 'print JSON documents only, one per line, the summary last')
    .option('--quiet', 'print the results only')
    .action(async (target: string, options: ResumeOptions) => {
      const { resume } = await import('./action.ts');
      process.exitCode = await resume(target, options);
    });
}
