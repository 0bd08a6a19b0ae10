import { Command } from 'commander';
import { setOption } from '../../terminal/set-option.ts';

/** `facecom run SPEC`: one experiment from its file to its scores. */
export function command(): Command {
  return new Command('run')
    .argument('<SPEC>', 'experiment file')
    .addOption(setOption())
    .option('--runs <DIR>', 'folder of the run folders', 'runs')
    .option('--dry-run', 'print the resolved config and launch nothing')
    .option('--json', 'print JSON documents only, one per line, the summary last')
    .option('--quiet', 'print the summary only')
    .action(async (spec: string, options: RunOptions) => {
      const { run } = await import('./action.ts');
      process.exitCode = await run(spec, options);
    });
}

export interface RunOptions {
  set?: string[];
  runs: string;
  dryRun?: boolean;
  json?: boolean;
  quiet?: boolean;
}
