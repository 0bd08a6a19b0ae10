import { Command } from 'commander';
import { launcherOption } from '../../terminal/launcher-option.ts';
import { setOption } from '../../terminal/set-option.ts';

/** `facecom run SPEC|RUN`: one experiment from its file, or a run once more, to its scores. */
export function command(): Command {
  return new Command('run')
    .argument('<SPEC|RUN>', 'experiment file, or a run to repeat')
    .addOption(setOption())
    .addOption(launcherOption())
    .option('--runs <DIR>', 'folder of the run folders', 'runs')
    .option('--dry-run', 'print the resolved config and launch nothing')
    .option('--force', 'run it again though it is finished, interrupted or at work')
    .option('--detach', 'run it in the background, its output in runs/NAME/detached.log')
    .option('--json', 'print JSON documents only, one per line, the summary last')
    .option('--quiet', 'print the summary only')
    .action(async (spec: string, options: RunOptions) => {
      const { run } = await import('./action.ts');
      process.exitCode = await run(spec, options);
    });
}

export interface RunOptions {
  set?: string[];
  launcher?: string;
  runs: string;
  dryRun?: boolean;
  force?: boolean;
  detach?: boolean;
  json?: boolean;
  quiet?: boolean;
}
