import { Command } from 'commander';
import { setOption } from '../../terminal/set-option.ts';

/** `facecom diff A B…`: the values in which experiments and runs differ. */
export function command(): Command {
  return new Command('diff')
    .argument('<A>', 'experiment file, or a run: its folder, name/trial-attempt, a trial, or last')
    .argument('<B...>', 'what it is held against')
    .addOption(setOption('change a key of the experiment files, such as train.epochs=3'))
    .option('--runs <DIR>', 'folder of the run folders', 'runs')
    .option('--json', 'print one JSON document per value, then a summary')
    .action(async (first: string, others: string[], options: DiffOptions) => {
      const { diff } = await import('./action.ts');
      process.exitCode = await diff([first, ...others], options);
    });
}

export interface DiffOptions {
  set?: string[];
  runs: string;
  json?: boolean;
}
