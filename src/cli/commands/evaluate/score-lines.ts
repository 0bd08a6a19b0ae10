import type { Evaluation } from '../../../operations/index.ts';
import type { Column } from '../../terminal/table.ts';
import { wideTable } from '../../terminal/wide-table.ts';

type Scores = Readonly<Record<string, number>>;

const columns = [
  ['gender', 'gender_accuracy'],
  ['F1', 'gender_f1'],
  ['identity', 'identity_top1'],
  ['top 5', 'identity_top5'],
  ['macro F1', 'identity_macro_f1'],
  ['pairs', 'verification_accuracy'],
  ['AUC', 'verification_auc'],
  ['rank 1', 'gallery_rank1'],
  ['rank 5', 'gallery_rank5'],
  ['combined', 'combined'],
] as const;

/** Columns of the tasks are always there, those of matching where something was matched. */
const always = /^(?:gender|identity|combined)/;

/** The scores of an evaluation for people: clean first, then each condition and severity, then the mean; then intervals. */
export function describeEvaluation(evaluation: Evaluation): string {
  const { run, checkpoint, data, scores, conditions, intervals } = evaluation;
  const from = data.source === 'synthetic' ? 'synthetic faces' : (data.path ?? data.source);
  const which = data.split === 'all' ? 'all' : `the ${data.split} images:`;
  const shown = columns.filter(([, metric]) => always.test(metric) || scores[metric] !== undefined);
  const titles: Column[] = [
    { title: 'condition' },
    { title: 'severity', align: 'right' },
    ...shown.map(([title]): Column => ({ title, align: 'right' })),
  ];
  const line = (name: string, severity: string, row: Scores) => [
    name,
    severity,
    ...shown.map(([, metric]) => row[metric]?.toFixed(4) ?? '–'),
  ];
  const mean = Object.fromEntries(
    shown.flatMap(([, metric]) => {
      const values = conditions.map((row) => row.scores[metric]).filter((value) => value !== undefined);
      return values.length > 0 ? [[metric, values.reduce((a, b) => a + b, 0) / values.length]] : [];
    }),
  );
  const rows = [
    line('none', '–', scores),
    ...conditions.map((row) => line(row.condition, `${row.severity}`, row.scores)),
    ...(conditions.length > 1 ? [line('mean', '', mean)] : []),
  ];
  const others = evaluation.with ? ` with ${evaluation.with.join(', ')}` : '';
  return [
    `run ${run}${others}, its best epoch ${checkpoint.epoch}, on ${which} ${data.pictures} of ${from}`,
    '',
    wideTable(titles, rows),
    ...(Object.keys(intervals).length > 0 || evaluation.counts.pairs > 0
      ? ['', intervalTable(scores, intervals)]
      : []),
    ...(evaluation.counts.pairs > 0 || evaluation.counts.probes > 0 ? ['', matchingLine(evaluation)] : []),
    ...evaluation.refusals.map((reason) => `not measured: ${reason}`),
  ].join('\n');
}

function intervalTable(scores: Scores, intervals: Evaluation['intervals']): string {
  const rows = Object.entries(scores).map(([name, value]) => {
    const [low, high] = intervals[name] ?? [];
    return [name, value.toFixed(4), low === undefined ? '' : `${low.toFixed(4)} … ${high!.toFixed(4)}`];
  });
  const columns: Column[] = [
    { title: 'metric' },
    { title: 'value', align: 'right' },
    // Pairs of which nobody says whom they show have none.
    ...(Object.keys(intervals).length > 0
      ? [{ title: '95 % interval over identities', align: 'right' as const }]
      : []),
  ];
  return wideTable(
    columns,
    rows.map((row) => row.slice(0, columns.length)),
  );
}

function matchingLine({ counts, thresholds }: Evaluation): string {
  const threshold =
    thresholds.verification === undefined
      ? ''
      : `, threshold ${thresholds.verification.toFixed(4)} chosen on ${thresholds.chosen_on.verification}`;
  return `${counts.pairs} pairs${threshold}; ${counts.probes} probes in a gallery of ${counts.gallery} identities`;
}
