import { FacecomError } from '../../../base/errors.ts';
import { formatBytes, plural, shownPath } from '../../../base/format.ts';
import { planRemoval, type Removal, remove, removeRemote } from '../../../operations/index.ts';
import { confirm } from '../../terminal/confirm.ts';
import { printJson, printNote } from '../../terminal/print.ts';
import { printable } from '../../terminal/table.ts';
import type { RmOptions } from './command.ts';

/** Deletes runs and sweeps after asking. Returns the exit code. */
export async function rm(texts: readonly string[], options: RmOptions): Promise<number> {
  const { mlflow = false, yes = false, dryRun = false, runs, json } = options;
  const plans = texts.map((text) => planRemoval(text, { runs }));
  const lines = plans.map(described);
  if (dryRun) return done(plans, false, { json, lines });
  if (!json) for (const line of lines) printNote(line);
  if (!yes) {
    if (json || !process.stdin.isTTY) throw mustSayYes(lines);
    const what = mlflow ? 'Delete them, and their runs in MLflow?' : 'Delete them?';
    if (!(await confirm(what))) {
      printNote('Nothing was deleted.');
      return 1;
    }
  }
  if (mlflow) {
    const dirs = plans.flatMap(({ kind, dir, runs: found }) => (kind === 'run' ? found : [dir, ...found]));
    const count = await removeRemote(dirs, { runs, note: printNote });
    printNote(`${plural(count, 'run')} deleted in MLflow.`);
  }
  for (const plan of plans) remove(plan);
  return done(plans, true, { json, lines: [`Deleted: ${plans.map(({ name }) => name).join(', ')}.`] });
}

function described({ kind, name, dir, runs, bytes, linked }: Removal): string {
  const what = kind === 'run' ? 'run' : `${plural(runs.length, 'run')}`;
  const others = linked.length > 0 ? `; ${linked.join(', ')} of other sweeps would have to run again` : '';
  return printable(`${name}: ${what}, ${formatBytes(bytes)}, ${shownPath(dir)}${others}`);
}

function done(
  plans: readonly Removal[],
  removed: boolean,
  { json, lines }: { json?: boolean; lines: string[] },
): number {
  if (json) printJson({ removed, items: plans });
  else process.stdout.write(`${lines.map(printable).join('\n')}\n`);
  return 0;
}

export const mustSayYes = (lines: readonly string[]): FacecomError =>
  new FacecomError('confirm', 'Nothing was deleted: nobody can be asked.', {
    found: lines.slice(0, 3).join('; '),
    expected: '--yes, or a terminal',
    remedy: 'Give --yes; --dry-run shows what it would delete.',
    exitCode: 2,
  });
