import { stringify } from 'yaml';
import { shownPath } from '../../../base/format.ts';
import { launcherAsSet, readRunnable, run as runExperiment } from '../../../operations/index.ts';
import type { Experiment } from '../../../spec/index.ts';
import { printJson } from '../../terminal/print.ts';
import { terminalReporter } from '../../terminal/reporter.ts';
import { concludeRun } from '../../terminal/run-result.ts';
import { openView } from '../../terminal/run-view.ts';
import { withSignals } from '../../terminal/signals.ts';
import { startDetached } from '../../terminal/start-detached.ts';
import type { RunOptions } from './command.ts';

/** Runs one experiment. Returns the exit code. */
export async function run(file: string, options: RunOptions): Promise<number> {
  const { runs, detach } = options;
  const set = launcherAsSet(options.launcher, options.set);
  const { spec, repeats, cwd } = await readRunnable(file, { set, runs });
  if (options.dryRun) return printConfig(spec.config, options);
  if (detach) return startDetached({ runs, name: spec.config.name });
  const report = terminalReporter(options);
  return withSignals(report.note, async (signals) => {
    const result = await runExperiment(spec, {
      ...{ runs, cwd, report },
      force: options.force ?? (repeats !== undefined && set.length === 0),
      ...signals,
      watch: async ({ id, dir }) => {
        report.note(`run ${id} in ${shownPath(dir)}`);
        return report.through(
          await openView({ json: options.json ?? false, quiet: options.quiet ?? false, run: id }),
        );
      },
    });
    return concludeRun(result, options);
  });
}

function printConfig(config: Experiment, { json }: RunOptions): number {
  if (json) printJson({ config });
  else process.stdout.write(stringify(config));
  return 0;
}
