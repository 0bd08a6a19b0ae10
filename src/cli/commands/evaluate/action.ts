import { onInterrupt } from '../../../base/interrupt.ts';
import { type EvaluateOptions, evaluate, runsAndFolder } from '../../../operations/index.ts';
import { printJson } from '../../terminal/print.ts';
import { progressByStage } from '../../terminal/progress-line.ts';
import { terminalReporter } from '../../terminal/reporter.ts';
import { thenExit } from '../../terminal/then-exit.ts';
import { chooseSeverities, namesOf } from './options.ts';
import { describeEvaluation } from './score-lines.ts';

interface EvaluateFlags {
  runs: string;
  set?: string[];
  json?: boolean;
  data?: string;
  split?: EvaluateOptions['split'];
  conditions?: string;
  severity: string;
  tta?: 'none' | 'flip';
}

/** Scores a run's best checkpoint and prints the scores. Ends the process. */
export function evaluateRun(words: string[], { json = false, ...flags }: EvaluateFlags): Promise<never> {
  return thenExit(json, async () => {
    const { runs, split, set, tta } = flags;
    const named = runsAndFolder(words);
    const data = flags.data ?? named.data;
    const severities = chooseSeverities(flags.severity);
    const conditions = await namesOf(flags.conditions);
    const result = await evaluate(named.runs, {
      ...{ runs, data, split, set, tta, conditions, severities },
      keep: true,
      signal: onInterrupt(),
      report: terminalReporter(),
      onProgress: progressByStage(),
    });
    const { scores: _, conditions: rows, seconds, ...rest } = result;
    const summary = {
      ...rest,
      ...(rows.length > 0 ? { conditions: rows } : {}),
      seconds: Math.round(seconds * 10) / 10,
    };
    if (json) printJson(summary);
    else process.stdout.write(`${describeEvaluation(result)}\n`);
    return 0;
  });
}
