import type { SyncRow } from '../../../tracking/index.ts';
import { table } from '../../terminal/table.ts';
import { outputWidth } from '../../terminal/wide-table.ts';

/** Counts of what became of runs. */
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
        outputWidth(),
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
