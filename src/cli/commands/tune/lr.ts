import { formatNumber, shownPath } from '../../../base/format.ts';
import { onInterrupt } from '../../../base/interrupt.ts';
import { tuneLr } from '../../../operations/index.ts';
import { numberOption } from '../../terminal/number-option.ts';
import { printJson, printNote } from '../../terminal/print.ts';
import { progressByStage } from '../../terminal/progress-line.ts';
import { terminalReporter } from '../../terminal/reporter.ts';
import { thenExit } from '../../terminal/then-exit.ts';

interface LrFlags {
  from: string;
  to: string;
  steps: string;
  out: string;
  set?: string[];
  json?: boolean;
}

/** Runs a learning-rate range test and prints the line of YAML. Ends the process: 1 if the loss never fell. */
export function tuneLearningRate(spec: string, { json = false, ...flags }: LrFlags): Promise<never> {
  return thenExit(json, async () => {
    const rate = { low: 0, high: 1e6, whole: false };
    const tuned = await tuneLr(spec, {
      ...{ set: flags.set, out: flags.out },
      from: numberOption('from', flags.from, rate),
      to: numberOption('to', flags.to, rate),
      steps: numberOption('steps', flags.steps, { low: 10, high: 100_000 }),
      signal: onInterrupt(),
      report: terminalReporter(),
      onProgress: progressByStage(),
    });
    const { suggestion, yaml, chart, points, diverged } = tuned;
    if (json) printJson(tuned);
    else if (suggestion)
      process.stdout.write(
        `${points.length} steps from ${formatNumber(points[0]!.lr)} to ${formatNumber(points.at(-1)!.lr)}${diverged ? ', where the loss diverged' : ''}; ` +
          `it falls fastest at ${formatNumber(suggestion.lr)} and is lowest at ${formatNumber(suggestion.lowest)}.\n\n${yaml}\n\nchart: ${shownPath(chart)}\n`,
      );
    if (!suggestion)
      printNote(
        `The loss did not fall in ${points.length} steps: no learning rate is suggested. Widen --from and --to, or raise --steps. Chart: ${shownPath(chart)}`,
      );
    return suggestion ? 0 : 1;
  });
}
