import { basename } from 'node:path';
import { formatDuration, formatNumber } from '../../base/format.ts';
import { readRun, resultText } from '../../record/index.ts';
import { label } from '../charts/objective-chart.ts';
import type { Chart } from '../charts/render.ts';
import type { PointRow, SweepRecord, TrialRow } from '../trials/read-sweep.ts';
import { configTable } from './config.ts';
import { badge, card, chartCard, page } from './document.ts';
import { environmentFacts } from './environment.ts';
import { type Html, html, plain } from './html.ts';
import { scoreTables } from './scores.ts';

/** Up to here the table of trials is open. */
const FEW = 60;

/** The page of a sweep. `links` is where its folder lies, relative to the page. */
export function sweepPage(sweep: SweepRecord, objective: Chart | undefined, links: string): Promise<string> {
  const failed = sweep.trials.filter(({ status }) => status === 'failed');
  return page(
    `${sweep.name} · facecom`,
    html`${header(sweep)}
${objective && chartCard(objective, `${sweep.objective.metric} against each axis`)}
${card('Results', results(sweep))}
${failed.length > 0 && card(`Failures`, failures(failed))}
${card('Trials', trials(sweep, links))}
${best(sweep)}`,
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
  const total = sweep.trials.reduce((sum, { run }) => sum + (run?.seconds ?? 0), 0);
  figures.push(['time of all trials', formatDuration(total, { tenths: true })]);
  return html`<header><h1>${sweep.name}</h1>
<p>${[...counts].map(([status, n]) => html`${badge(`${n} ${status}`, status)} `)}<span class="muted">${sweep.trials.length} trials, ${sweep.points.length} points</span></p>
<div class="figures">${figures.map(([name, value]) => html`<div><span>${name}</span><strong>${value}</strong></div>`)}</div></header>`;
}

function results(sweep: SweepRecord): Html {
  const { axes, points, objective } = sweep;
  if (points.length === 0) return html`<p class="muted">There are no trials.</p>`;
  const repeats = Math.max(...points.map((point) => point.trials.length));
  const note =
    repeats > 1
      ? 'Trials that differ in their seed alone are one point: the mean of those that have finished ± half of its 95 % interval (Student’s t).'
      : 'One trial a point: nothing is known of the spread over seeds.';
  return html`<p class="muted">${note}</p><div class="scroll"><table><thead><tr><th scope="col" class="n">rank</th>${axes.map(
    (axis) => html`<th scope="col">${axis}</th>`,
  )}<th scope="col" class="n">${objective.metric}</th>${repeats > 1 && html`<th scope="col" class="n">finished</th><th scope="col">single trials</th>`}</tr></thead><tbody>${points.map(
    (point, i) =>
      html`<tr${i === 0 && point.result && html` class="best"`}><td class="n">${point.result ? i + 1 : '–'}</td>${axes.map(
        (axis) => html`<td>${label(point.axes, axis)}</td>`,
      )}<td class="n">${interval(point)}${i === 0 && point.result && html` <span class="badge good">best</span>`}</td>${
        repeats > 1 &&
        html`<td class="n">${point.result?.n ?? 0} of ${point.trials.length}</td><td class="muted">${singles(point)}</td>`
      }</tr>`,
  )}</tbody></table></div>`;
}

const singles = ({ trials }: PointRow): string =>
  trials.map(({ status, value }) => (status === 'finished' ? formatNumber(value) : status)).join(', ');

function interval({ result }: PointRow): string {
  if (!result) return '–';
  return resultText(result, formatNumber);
}

function failures(failed: TrialRow[]): Html {
  return html`<div class="scroll"><table><thead><tr><th scope="col">run</th><th scope="col">class</th><th scope="col">code</th><th scope="col">reason</th></tr></thead><tbody>${failed.map(
    ({ id, run }) =>
      html`<tr><td class="mono">${run ? basename(run.dir) : id}</td><td>${plain(run?.class)}</td><td>${plain(run?.code)}</td><td>${plain(run?.message)}</td></tr>`,
  )}</tbody></table></div>`;
}

function trials(sweep: SweepRecord, links: string): Html {
  const { axes, objective, trials: rows, others } = sweep;
  const table = html`<div class="scroll"><table><thead><tr><th scope="col">run</th>${axes.map(
    (axis) => html`<th scope="col">${axis}</th>`,
  )}<th scope="col" class="n">seed</th><th scope="col">status</th><th scope="col" class="n">${objective.metric}</th><th scope="col" class="n">time</th><th scope="col" class="n">starts</th></tr></thead><tbody>${rows.map(
    (row) => trial(row, axes, links),
  )}</tbody></table></div>`;
  const old =
    others.length > 0 &&
    html`<p class="muted">${others.length} runs in the folder are of trials that the sweep does not have any more: ${others
      .slice(0, 10)
      .map(({ dir }) => basename(dir))
      .join(', ')}${others.length > 10 && ', …'}</p>`;
  return rows.length <= FEW
    ? html`${table}${old}`
    : html`<details><summary>${rows.length} trials</summary>${table}</details>${old}`;
}

function trial(
  { id, axes: values, seed, run, status, value }: TrialRow,
  axes: string[],
  links: string,
): Html {
  const folder = run && basename(run.dir);
  const name = folder ? html`<a href="${links}${encodeURIComponent(folder)}/">${folder}</a>` : id;
  const score =
    status === 'finished' || value === undefined ? formatNumber(value) : `${formatNumber(value)} so far`;
  return html`<tr><td class="mono">${name}</td>${axes.map(
    (axis) => html`<td>${label(values, axis)}</td>`,
  )}<td class="n">${seed === undefined ? '–' : plain(seed)}</td><td>${badge(status)}</td><td class="n">${score}</td><td class="n">${formatDuration(run?.seconds, { tenths: true })}</td><td class="n">${run?.starts ?? 0}</td></tr>`;
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
