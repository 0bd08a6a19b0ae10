import { Command } from 'commander';
import { setOption } from '../../terminal/set-option.ts';

/** `facecom explain SPEC|RUN [PATH]`: each resolved value with its origin; `--program`: the training step's instructions. */
export function command(): Command {
  return new Command('explain')
    .argument('<SPEC|RUN>', 'experiment file, or a run: its folder, name/trial-attempt, a trial, or last')
    .argument('[PATH]', 'a key, such as optimizer or optimizer.lr; left out: every one')
    .addOption(setOption())
    .option('--program', 'how the engine oneDNN computes the training step, and what JavaScript does in it')
    .option('--runs <DIR>', 'folder of the run folders', 'runs')
    .option('--json', 'print one JSON document per value, then a summary')
    .action(async (target: string, path: string | undefined, options: ExplainOptions) => {
      const { explain } = await import('./action.ts');
      process.exitCode = await explain(target, path, options);
    });
}

export interface ExplainOptions {
  set?: string[];
  runs: string;
  program?: boolean;
  json?: boolean;
}
