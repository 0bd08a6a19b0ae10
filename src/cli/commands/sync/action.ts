import { readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { FacecomError } from '../../../base/errors.ts';
import { onInterrupt } from '../../../base/new-folder.ts';
import { findRunsOf, runFoldersUnder } from '../../../record/index.ts';
import { type SyncRow, syncRuns, targetOf } from '../../../tracking/index.ts';
import { phaseNote } from '../../terminal/mlflow-phase.ts';
import { table } from '../../terminal/table.ts';
import type { SyncCommandOptions } from './command.ts';

/** Sends what was not sent. Gives the exit code: 1 where something could not be sent. */
export async function sync(names: string[], options: SyncCommandOptions): Promise<number> {
  if (options.uri !== undefined) targetOf(options.uri);
  const runDirs = chooseRuns(options.runs, names);
  const signal = onInterrupt();
  const say = (line: string) => {
    if (!options.quiet) process.stderr.write(`${line}\n`);
  };
  const rows = await syncRuns({
    ...options,
    runDirs,
    // Who names a run wants to know that it is there.
    check: options.check ?? names.length > 0,
    signal,
    onPhase: phaseNote(say),
    onRow: (row) => {
      if (options.json) process.stdout.write(`${JSON.stringify(row)}\n`);
    },
  });
  if (options.json) process.stdout.write(`${JSON.stringify(summarise(rows))}\n`);
  else process.stdout.write(`${describeRows(rows, options)}\n`);
  return rows.some(({ status }) => status === 'failed') ? 1 : 0;
}

/** The run folders that are meant, all by default, each once however it is reached. */
export function chooseRuns(runs: string, names: readonly string[]): string[] {
  const found = names.length > 0 ? names.flatMap((name) => findRunsOf(runs, name)) : allRuns(runs);
  return [...new Set(found.map((dir) => realpathSync(dir)))];
}

function allRuns(runs: string): string[] {
  if (!statSync(runs, { throwIfNoEntry: false })?.isDirectory())
    throw new FacecomError('runs-missing', 'There is no such folder of runs.', {
      found: runs,
      expected: 'a folder that `facecom run` has written to',
      remedy: 'Start a run with `facecom run SPEC`, or say with --runs where the runs are.',
      exitCode: 2,
    });
  return readdirSync(runs)
    .filter((name) => !name.startsWith('.'))
    .sort()
    .flatMap((name) => runFoldersUnder(join(runs, name)));
}

export function summarise(rows: readonly SyncRow[]) {
  const count = (status: SyncRow['status']) => rows.filter((row) => row.status === status).length;
  const total = (what: 'metrics' | 'artifacts') =>
    rows.reduce((sum, { sent }) => sum + (sent?.[what] ?? 0), 0);
  return {
    runs: rows.length,
    sent: count('sent'),
    up_to_date: count('up-to-date'),
    failed: count('failed'),
    deleted: count('deleted'),
    busy: count('busy'),
    off: count('off'),
    metrics: total('metrics'),
    artifacts: total('artifacts'),
  };
}

export function describeRows(
  rows: readonly SyncRow[],
  { runs, quiet }: { runs: string; quiet?: boolean },
): string {
  if (rows.length === 0) return `There are no runs in ${runs}.`;
  const shown = rows.filter(({ status }) => status !== 'up-to-date' && status !== 'off');
  const lines: string[] = [];
  if (!quiet && shown.length > 0)
    lines.push(
      table(
        [
          { title: 'run' },
          { title: 'status' },
          { title: 'metrics', align: 'right' },
          { title: 'artifacts', align: 'right' },
          { title: 'page' },
        ],
        shown.map(({ run, status, sent, url }) => [
          run,
          status,
          sent ? String(sent.metrics) : '',
          sent ? String(sent.artifacts) : '',
          url ?? '',
        ]),
      ),
    );
  for (const [reason, of] of byReason(rows)) lines.push(`${of}: ${reason}`);
  lines.push(words(summarise(rows)));
  return lines.join('\n');
}

/** Each reason once, with its remedy and the runs that it is the reason of. */
function byReason(rows: readonly SyncRow[]): Map<string, string> {
  const runs = new Map<string, string[]>();
  for (const { reason, remedy, run } of rows) {
    if (reason === undefined) continue;
    const text = `${reason.replace(/\.$/, '')}.${remedy ? ` ${remedy}` : ''}`;
    runs.set(text, [...(runs.get(text) ?? []), run]);
  }
  return new Map(
    [...runs].map(([reason, names]) => [
      reason,
      names.length > 3 ? `${names.length} runs` : names.join(', '),
    ]),
  );
}

function words(summary: ReturnType<typeof summarise>): string {
  const parts = [
    `${summary.sent} sent (${summary.metrics} points of metrics, ${summary.artifacts} artifacts)`,
    `${summary.up_to_date} up to date`,
    ...(summary.failed > 0 ? [`${summary.failed} failed`] : []),
    ...(summary.deleted > 0 ? [`${summary.deleted} deleted in MLflow`] : []),
    ...(summary.busy > 0 ? [`${summary.busy} being sent by another process`] : []),
    ...(summary.off > 0 ? [`${summary.off} with tracking off`] : []),
  ];
  return parts.join(', ');
}
