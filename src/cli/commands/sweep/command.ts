import { Command, InvalidArgumentError, Option } from 'commander';
import { launcherOption } from '../../terminal/launcher-option.ts';
import { setOption } from '../../terminal/set-option.ts';
import { axisOption } from './axis-option.ts';

export interface SweepOptions {
  set?: string[];
  /** `path=values`, as often as wanted. */
  axis?: string[];
  launcher?: string;
  render?: 'slurm' | 'k8s';
  runs: string;
  dryRun?: boolean;
  /** A moment such as `Friday 18:00`. */
  by?: string;
  json?: boolean;
  quiet?: boolean;
  /** 0: as `resources.max_parallel` says. */
  maxParallel: number;
  failed?: boolean;
  /** Apply an edited spec to the sweep that runs. */
  yes?: boolean;
  /** Finish begun trials that the spec no longer has. */
  keepBegun?: boolean;
  force?: boolean;
  detach?: boolean;
}

/** `facecom sweep SPEC`: the trials of a spec's sweep; run again, it continues. */
export function command(): Command {
  return new Command('sweep')
    .argument('<SPEC>', 'experiment file')
    .addOption(setOption())
    .addOption(axisOption())
    .addOption(launcherOption())
    .option('--runs <DIR>', 'folder of the run folders', 'runs')
    .option('--dry-run', 'print the trials and launch nothing')
    .addOption(
      new Option('--render <FORM>', 'write the jobs for a scheduler, and submit nothing').choices([
        'slurm',
        'k8s',
      ]),
    )
    .option('--by <moment>', 'as --dry-run, and say what is finished by then: 18:00, "Friday 18:00"')
    .option('--max-parallel <n>', 'trials at once, at most', atLeastOne, 0)
    .option('--failed', 'run the trials that failed before again')
    .option('--force', 'run the trials that are finished again')
    .option('--detach', 'run it in the background, its output in runs/NAME/detached.log')
    .option('--yes', 'apply an edited spec to the sweep that runs, without asking')
    .option('--keep-begun', 'finish the trials that were begun and that an edited spec no longer has')
    .option('--json', 'print JSON documents only, one per line, the summary last')
    .option('--quiet', 'print the results only')
    .action(async (spec: string, options: SweepOptions) => {
      if (options.dryRun || options.by !== undefined) {
        const { dryRunSweep } = await import('./dry-run.ts');
        process.exitCode = await dryRunSweep(spec, options);
        return;
      }
      const { render } = options;
      if (render) {
        const { renderFiles } = await import('./render.ts');
        process.exitCode = await renderFiles(spec, { ...options, render });
        return;
      }
      const { sweep } = await import('./action.ts');
      process.exitCode = await sweep(spec, options);
    });
}

export function atLeastOne(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('It must be a whole number from 1.');
  return value;
}
