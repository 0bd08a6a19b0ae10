import { onInterrupt } from '../../../base/interrupt.ts';
import { sync as syncRuns } from '../../../operations/index.ts';
import { phaseNote } from '../../terminal/mlflow-phase.ts';
import { printJson, printNote } from '../../terminal/print.ts';
import type { SyncCommandOptions } from './command.ts';
import { describeRows, summarise } from './rows.ts';

/** Sends what was not sent. Returns the exit code: 1 if something could not be sent. */
export async function sync(names: string[], options: SyncCommandOptions): Promise<number> {
  const rows = await syncRuns(names, {
    ...options,
    signal: onInterrupt(),
    onPhase: phaseNote(options.quiet ? () => {} : printNote),
    onRow: (row) => {
      if (options.json) printJson(row);
    },
  });
  if (options.json) printJson(summarise(rows));
  else process.stdout.write(`${describeRows(rows, options)}\n`);
  return rows.some(({ status }) => status === 'failed') ? 1 : 0;
}
