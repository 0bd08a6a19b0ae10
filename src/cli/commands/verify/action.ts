import { verify } from '../../../operations/index.ts';
import { numberOption } from '../../terminal/number-option.ts';
import { printJson } from '../../terminal/print.ts';
import { progressLine } from '../../terminal/progress-line.ts';
import { terminalReporter } from '../../terminal/reporter.ts';
import { withSignals } from '../../terminal/signals.ts';
import type { VerifyFlags } from './command.ts';
import { describeVerification } from './describe.ts';

/** Trains a run again and prints whether it came to the same. Returns the exit code: 0 equal or close, 1 different. */
export async function verifyRun(
  run: string,
  { runs, steps, json = false, ...flags }: VerifyFlags,
): Promise<number> {
  const tolerance = numberOption('tolerance', flags.tolerance, { low: 0, high: 1, whole: false });
  const report = terminalReporter(flags);
  const line = progressLine('train again', 'steps');
  return withSignals(report.note, async (signals) => {
    const result = await verify(run, {
      ...{ runs, steps, tolerance, report, ...signals },
      onEvent: (event) => {
        if (event.type !== 'progress' || event.stage !== 'train' || flags.quiet) return;
        line({ done: event.done, total: Math.min(event.total, steps ?? event.total) });
      },
    });
    if (json) printJson(result);
    else process.stdout.write(`${describeVerification(result)}\n`);
    return result.verdict === 'different' ? 1 : 0;
  });
}
