import { resume as resumeTarget } from '../../../operations/index.ts';
import { terminalReporter } from '../../terminal/reporter.ts';
import { concludeRun } from '../../terminal/run-result.ts';
import { openView } from '../../terminal/run-view.ts';
import { withSignals } from '../../terminal/signals.ts';
import { concludeSweep } from '../../terminal/sweep-result.ts';
import { watchSweep } from '../../terminal/sweep-view.ts';
import type { ResumeOptions } from './command.ts';

/** Continues a sweep or a run. Returns the exit code. */
export async function resume(target: string, options: ResumeOptions): Promise<number> {
  const { runs, set, launcher, maxParallel, failed, json = false, quiet = false } = options;
  const report = terminalReporter(options);
  return withSignals(report.note, async (signals) => {
    const resumed = await resumeTarget(target, {
      ...{ runs, set, launcher, maxParallel, failed, report, ...signals },
      watchSweep: watchSweep(options, report),
      watchRun: async ({ id, dir }) => {
        report.note(`run ${id} continues in ${dir}`);
        return report.through(await openView({ json, quiet, run: id }));
      },
    });
    if (resumed.kind === 'sweep') return concludeSweep(resumed.result, options);
    if (!resumed.before || json) return concludeRun(resumed.result, options);
    process.stdout.write(`${resumed.result.run} is finished: there is nothing to resume.\n`);
    return 0;
  });
}
