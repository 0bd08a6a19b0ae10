import { Command } from 'commander';
import { setOption } from '../../terminal/set-option.ts';

/** `facecom diff A B…`: the values in which experiments and runs differ. */
export function command(): Command {
  return new Command('diff')
    .argument(
      '<SPEC|RUN...>',
      'two or more: experiment files, or runs by folder, name/trial-attempt, a trial, or last',
    )
    .addOption(setOption('change a key of the experiment files, such as train.epochs=3'))
    .option('--runs <DIR>', 'folder of the run folders', 'runs')
    .option('--json', 'print one JSON document per value, then a summary')
    .action(async (targets: string[], options: DiffOptions) => {
      const { diff } = await import('./action.ts');
      process.exitCode = await diff(targets, options);
    });
}

export interface DiffOptions {
  set?: string[];
  runs: string;
  json?: boolean;
}
