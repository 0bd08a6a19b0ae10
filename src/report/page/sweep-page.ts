import { basename } from 'node:path';
import { formatDuration, formatScore, plural } from '../../base/format.ts';
import { leadOf, readRun, resultText } from '../../record/index.ts';
import { label } from '../charts/objective-chart.ts';
import { inReadingOrder } from '../compare/compare.ts';
import type { SweepPageCharts } from '../draw-page.ts';
import { axisImportance } from '../trials/axis-importance.ts';
import { costOf } from '../trials/cost.ts';
import { metricOf, metricsOf } from '../trials/point-metrics.ts';
import type { PointRow, SweepRecord, TrialRow } from '../trials/read-sweep.ts';
import { configTable } from './config.ts';
import { badge, card, chartsCard, type PageOptions, page, unlinked, wideChartCard } from './document.ts';
import { environmentFacts } from './environment.ts';
import { type Html, html, plain } from './html.ts';
import { scoreTables } from './scores.ts';
import { type Cell, cellOf, sortableTable } from './table.ts';

/** Up to here the table of trials is open. */
const FEW = 60;

export interface SweepPageOptions extends PageOptions {
  /** The way from the page to a run of the sweep, given its folder's name. */
  link?: ((folder: string) => string) | undefined;
}

/** The page of a sweep: what won, then why, then every point and trial. */
export function sweepPage(
  sweep: SweepRecord,
  charts: SweepPageCharts,
  options: SweepPageOptions = {},
): Promise<string> {
  const failed = sweep.trials.filter(({ status }) => status === 'failed');
  const { metric } = sweep.objective;
  // The panel of the weights shows what the only axis would.
  const alone = charts.simplex.length > 0 && charts.axes.length === 1;
  return page(
    `${sweep.name} · facecom`,
    html`${header(sweep)}
${chartsCard(
  'At a glance',
  [...charts.simplex, ...charts.tradeOff, ...charts.curves],
  'Means over the seeds with their 95 % intervals; curves are single trials.',
)}
${chartsCard(`${metric} against each axis`, alone ? [] : charts.axes, 'The mean of a point with its 95 % interval, small dots are single trials, the best point is ringed.')}
${importanceCard(sweep)}
${card('Results', results(sweep))}
${charts.parallel && wideChartCard(charts.parallel, 'Parallel coordinates of all points')}
${failed.length > 0 && card('Failures', failures(failed))}
${card('Trials', trials(sweep, options))}
${best(sweep)}`,
    options,
  );
}

function header(sweep: SweepRecord): Html {
  const counts = new Map<string, number>();
  for (const { status } of sweep.trials) counts.set(status, (counts.get(status) ?? 0) + 1);
  const [first] = sweep.points;
  const figures: [string, string][] = [];
  if (first?.result) {
    figures.push([`best ${sweep.objective.metric}`, interval(first)]);
    for (const axis of sweep.axes.slice(0, 8))
      if (Object.hasOwn(first.axes, axis)) figures.push([axis, label(first.axes, axis)]);
  }
  const { hours, seconds } = costOf(sweep);
  for (const { device, hours: count } of hours)
    figures.push([`${device}-hours`, count < 0.1 ? count.toFixed(3) : count.toFixed(1)]);
  figures.push(['time of all trials', formatDuration(seconds, { tenths: true })]);
  const lead = leadOf(sweep.points, sweep.objective);
  return html`<header><h1>${sweep.name}</h1>
${lead && html`<p class="lead">${lead.text}</p>`}
<p>${[...counts].map(([status, n]) => html`${badge(`${n} ${status}`, status)} `)}<span class="muted">${plural(sweep.trials.length, 'trial')}, ${plural(sweep.points.length, 'point')}</span></p>
<div class="figures">${figures.map(([name, value]) => html`<div><span>${name}</span><strong>${value}</strong></div>`)}</div></header>`;
}

function importanceCard(sweep: SweepRecord): Html | undefined {
  const found = axisImportance(sweep);
  if (!found) return undefined;
  const rows = found.map(({ axis, share }) => ({
    cells: [
      cellOf(axis),
      cellOf(`${(100 * share).toFixed(0)} %`, share),
      cellOf(html`<span class="bar" style="width:${(140 * share).toFixed(0)}px"></span>`, share),
    ],
  }));
  return card(
    'Importance of the axes',
    html`<p class="muted">How much an axis has to do with being among the best tenth of the points (PED-ANOVA, Watanabe et al., 2023).</p>${sortableTable(
      'importance',
      [{ title: 'axis' }, { title: 'share', number: true }, { title: '' }],
      rows,
    )}`,
  );
}

/** What is shown of every point beside the objective, where it was measured. */
const shown = ['combined', 'gender_accuracy', 'identity_top1', 'gallery_rank1', 'verification_auc'];

function results(sweep: SweepRecord): Html {
  const { axes, points, objective } = sweep;
  if (points.length === 0) return html`<p class="muted">There are no trials.</p>`;
  const repeats = points.reduce((most, point) => Math.max(most, point.trials.length), 0);
  const note =
    repeats > 1
      ? 'Trials that differ in their seed alone are one point: the mean of those that have finished with its 95 % interval (Student’s t), which ends where a score does. Of fewer than three seeds it is weak.'
      : 'One trial a point: nothing is known of the spread over seeds.';
  const metrics = [...metricsOf(sweep)]
    .filter(
      (name) =>
        name !== objective.metric && shown.some((one) => name === `val/${one}` || name === `test/${one}`),
    )
    .sort(inReadingOrder);
  const columns = [
    { title: 'rank', number: true },
    ...axes.map((title) => ({ title })),
    { title: objective.metric, number: true },
    ...metrics.map((title) => ({ title, number: true })),
    ...(repeats > 1 ? [{ title: 'finished', number: true }, { title: 'single trials' }] : []),
  ];
  const rows = points.map((point, i) => ({
    best: i === 0 && point.result !== undefined,
    cells: [
      cellOf(point.result ? String(i + 1) : '–', point.result ? i + 1 : Number.NaN),
      ...axes.map((axis) => axisCell(point.axes, axis)),
      cellOf(
        html`${interval(point)}${i === 0 && point.result && html` <span class="badge good">best</span>`}`,
        point.result?.mean ?? Number.NaN,
      ),
      ...metrics.map((metric) => {
        const result = metricOf(point, metric);
        return cellOf(result ? resultText(result, formatScore) : '–', result?.mean ?? Number.NaN);
      }),
      ...(repeats > 1
        ? [
            cellOf(`${point.result?.n ?? 0} of ${point.trials.length}`, point.result?.n ?? 0),
            cellOf(singles(point)),
          ]
        : []),
    ],
  }));
  return html`<p class="muted">${note}</p>${sortableTable('results', columns, rows)}`;
}

const singles = ({ trials }: PointRow): string =>
  trials.map(({ status, value }) => (status === 'finished' ? formatScore(value) : status)).join(', ');

function axisCell(axes: Readonly<Record<string, unknown>>, axis: string): Cell {
  const value = axes[axis];
  return cellOf(label(axes, axis), typeof value === 'number' ? value : undefined);
}

function interval({ result }: PointRow): string {
  if (!result) return '–';
  return resultText(result, formatScore);
}

function failures(failed: TrialRow[]): Html {
  const classes = new Map<string, number>();
  for (const { run } of failed) classes.set(plain(run?.class), (classes.get(plain(run?.class)) ?? 0) + 1);
  const counts = [...classes]
    .sort(([, a], [, b]) => b - a)
    .map(([name, n]) => html`${badge(`${n} ${name || 'unknown'}`, 'failed')} `);
  return html`<p>${counts}</p>${sortableTable(
    'failures',
    [{ title: 'run' }, { title: 'class' }, { title: 'code' }, { title: 'reason', wrap: true }],
    failed.map(({ id, run }) => ({
      cells: [
        { content: run ? basename(run.dir) : id, mono: true },
        cellOf(plain(run?.class)),
        cellOf(plain(run?.code)),
        cellOf(plain(run?.message)),
      ],
    })),
  )}`;
}

function trials(sweep: SweepRecord, { link }: SweepPageOptions): Html {
  const { axes, objective, trials: rows, others } = sweep;
  const table = sortableTable(
    'trials',
    [
      { title: 'run' },
      ...axes.map((title) => ({ title })),
      { title: 'seed', number: true },
      { title: 'status' },
      { title: objective.metric, number: true },
      { title: 'time', number: true },
      { title: 'starts', number: true },
    ],
    rows.map((row) => ({ cells: trialCells(row, axes, link) })),
  );
  const old =
    others.length > 0 &&
    html`<p class="muted">${others.length} runs in the folder are of trials that the sweep does not have any more: ${others
      .slice(0, 10)
      .map(({ dir }) => basename(dir))
      .join(', ')}${others.length > 10 && ', …'}</p>`;
  const note = link && unlinked("In MLflow a trial's page is among the artifacts of its own run.");
  return rows.length <= FEW
    ? html`${note}${table}${old}`
    : html`${note}<details><summary>${rows.length} trials</summary>${table}</details>${old}`;
}

function trialCells(
  { id, axes: values, seed, run, status, value }: TrialRow,
  axes: string[],
  link: SweepPageOptions['link'],
): Cell[] {
  const folder = run && basename(run.dir);
  const name = folder && link ? html`<a href="${link(folder)}">${folder}</a>` : (folder ?? id);
  const score =
    status === 'finished' || value === undefined ? formatScore(value) : `${formatScore(value)} so far`;
  return [
    { content: name, mono: true },
    ...axes.map((axis) => axisCell(values, axis)),
    cellOf(seed === undefined ? '–' : plain(seed)),
    cellOf(badge(status), status),
    cellOf(score, value ?? Number.NaN),
    cellOf(formatDuration(run?.seconds, { tenths: true }), run?.seconds ?? Number.NaN),
    cellOf(String(run?.starts ?? 0)),
  ];
}

/** The run that stands for the best point in full: its scores, config and environment. */
function best(sweep: SweepRecord): Html | undefined {
  const run = sweep.best?.trial.run;
  if (!run) return undefined;
  const record = readRun(run.dir);
  return html`<div class="row">${card(`Scores of ${record.trial}, the best`, scoreTables(record.scores))}${card(
    'Environment of the best',
    environmentFacts(record),
  )}</div>
${card('Config of the best', configTable(record.config, record.origins))}`;
}
