import { resolve } from 'node:path';
import { launcherAsSet, sweep as runSweep } from '../../../operations/index.ts';
import { readExperiment } from '../../../spec/index.ts';
import { terminalReporter } from '../../terminal/reporter.ts';
import { withSignals } from '../../terminal/signals.ts';
import { startDetached } from '../../terminal/start-detached.ts';
import { concludeSweep } from '../../terminal/sweep-result.ts';
import { watchSweep } from '../../terminal/sweep-view.ts';
import { applyEdit } from './apply-edit.ts';
import { axesAsSet } from './axis-option.ts';
import type { SweepOptions } from './command.ts';

/** Runs a spec's sweep, or resumes it. Returns the exit code. */
export async function sweep(file: string, options: SweepOptions): Promise<number> {
  const { runs, maxParallel, failed, force } = options;
  const set = launcherAsSet(options.launcher, [...(options.set ?? []), ...axesAsSet(options.axis)]);
  const spec = await readExperiment(file, { set });
  if (options.detach) return startDetached({ runs, name: spec.config.name });
  const report = terminalReporter(options);
  return withSignals(report.note, async (signals) => {
    const edit = await applyEdit(spec, options, report.note);
    if (!edit) return 2;
    const result = await runSweep(spec, {
      ...{ file: resolve(file), set, runs, maxParallel, failed, force, report, ...edit, ...signals },
      watch: watchSweep(options, report),
    });
    return concludeSweep(result, options);
  });
}
