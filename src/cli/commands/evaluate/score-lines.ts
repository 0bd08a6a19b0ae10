import type { Evaluation } from '../../../operations/index.ts';
import { type Column, table } from '../../terminal/table.ts';

type Scores = Readonly<Record<string, number>>;

const columns = [
  ['gender', 'gender_accuracy'],
  ['F1', 'gender_f1'],
  ['identity', 'identity_top1'],
  ['top 5', 'identity_top5'],
  ['macro F1', 'identity_macro_f1'],
  ['combined', 'combined'],
] as const;

const titles: Column[] = [
  { title: 'condition' },
  { title: 'severity', align: 'right' },
  ...columns.map(([title]): Column => ({ title, align: 'right' })),
];

/** The scores of an evaluation for people: clean first, then each condition and severity, then the mean. */
export function describeEvaluation({ run, checkpoint, data, scores, conditions }: Evaluation): string {
  const from = data.source === 'synthetic' ? 'synthetic faces' : (data.path ?? data.source);
  const which = data.split === 'all' ? 'all' : `the ${data.split} pictures:`;
  const line = (name: string, severity: string, row: Scores) => [
    name,
    severity,
    ...columns.map(([, metric]) => row[metric]?.toFixed(4) ?? '–'),
  ];
  const rows = [
    line('none', '–', scores),
    ...conditions.map((row) => line(row.condition, `${row.severity}`, row.scores)),
    ...(conditions.length > 1 ? [line('mean', '', meanScores(conditions))] : []),
  ];
  return [
    `run ${run}, its best epoch ${checkpoint.epoch}, on ${which} ${data.pictures} of ${from}`,
    '',
    table(titles, rows),
  ].join('\n');
}

function meanScores(rows: Evaluation['conditions']): Scores {
  const names = Object.keys(rows[0]!.scores);
  return Object.fromEntries(
    names.map((name) => [name, rows.reduce((sum, { scores }) => sum + scores[name]!, 0) / rows.length]),
  );
}
