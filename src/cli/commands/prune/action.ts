import { formatBytes, formatTime, plural } from '../../../base/format.ts';
import { type Pruned, planPrune, pruneRun, removeRemote } from '../../../operations/index.ts';
import { confirm } from '../../terminal/confirm.ts';
import { numberOption } from '../../terminal/number-option.ts';
import { printJson, printNote } from '../../terminal/print.ts';
import { table } from '../../terminal/table.ts';
import { outputWidth } from '../../terminal/wide-table.ts';
import { mustSayYes } from '../rm/action.ts';
import { ageOf, statesOf } from './age.ts';
import type { PruneOptions } from './command.ts';

/** Deletes runs, or their checkpoints, by age, status and rank, after asking. Returns the exit code. */
export async function prune(names: readonly string[], options: PruneOptions): Promise<number> {
  const { only, mlflow = false, yes = false, dryRun = false, runs, json } = options;
  const what = only ?? 'runs';
  const keepBest = options.keepBest && numberOption('keep-best', options.keepBest, { low: 0, high: 1e6 });
  const plan = await planPrune({
    ...{ runs, names, what },
    ...(options.olderThan === undefined ? {} : { olderThan: ageOf(options.olderThan) }),
    ...(options.status === undefined ? {} : { status: statesOf(options.status) }),
    ...(keepBest === undefined || keepBest === '' ? {} : { keepBest }),
  });
  const bytes = bytesOf(plan);
  const summary = summaryOf(plan, only);
  if (!json && plan.length > 0) process.stdout.write(`${planTable(plan)}\n`);
  if (dryRun || plan.length === 0) {
    if (json) printJson(...plan, { removed: 0, runs: plan.length, bytes });
    else process.stdout.write(`${plan.length === 0 ? 'Nothing to delete.' : `Would delete ${summary}.`}\n`);
    return 0;
  }
  if (!yes) {
    if (json || !process.stdin.isTTY) throw mustSayYes([summary]);
    if (!(await confirm(`Delete ${summary}?`))) {
      printNote('Nothing was deleted.');
      return 1;
    }
  }
  if (mlflow && what === 'runs')
    await removeRemote(
      plan.map(({ dir }) => dir),
      { runs, note: printNote },
    );
  const removed = plan.filter((run) => pruneRun(run, what));
  if (json) printJson(...removed, { removed: removed.length, runs: plan.length, bytes });
  else process.stdout.write(`Deleted ${summaryOf(removed, only)}.\n`);
  return 0;
}

const bytesOf = (runs: readonly Pruned[]): number => runs.reduce((sum, { bytes }) => sum + bytes, 0);

function summaryOf(runs: readonly Pruned[], only: PruneOptions['only']): string {
  const part = only === undefined ? '' : `the ${only === 'last' ? 'last checkpoints' : 'checkpoints'} of `;
  return `${part}${plural(runs.length, 'run')}, ${formatBytes(bytesOf(runs))}`;
}

const planTable = (plan: readonly Pruned[]): string =>
  table(
    [{ title: 'run' }, { title: 'status' }, { title: 'ended' }, { title: 'size', align: 'right' }],
    plan.map(({ run, status, ended, bytes }) => [run, status, formatTime(ended), formatBytes(bytes)]),
    outputWidth(),
  );
