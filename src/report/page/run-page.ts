import { formatBytes, formatDuration, formatNumber, formatTime } from '../../base/format.ts';
import { isWithin, type RunRecord } from '../../record/index.ts';
import { bestPoint, curvesOf, monitorOf } from '../curves.ts';
import type { RunCharts } from '../write-charts.ts';
import { configTable } from './config.ts';
import { badge, card, chartCard, facts, page } from './document.ts';
import { environmentFacts } from './environment.ts';
import { type Html, html, plain } from './html.ts';
import { scoreTables } from './scores.ts';

/** The page of one run. `links` is where its artifacts lie, relative to the page; undefined: they are not linked. */
export function runPage(run: RunRecord, charts: RunCharts, links: string | undefined): Promise<string> {
  return page(
    `${run.id} · facecom`,
    html`${header(run)}
${run.failure && card('Failure', facts(failureRows(run.failure)))}
${
  charts.training
    ? chartCard(charts.training, `Curves of ${run.id}`)
    : card('Curves', html`<p class="muted">No metric was recorded.</p>`)
}
${charts.robustness && chartCard(charts.robustness, 'Scores by condition and severity')}
<div class="row">${card('Scores', scoreTables(run.scores))}${
      charts.confusion && chartCard(charts.confusion, 'Confusion matrix of gender')
    }</div>
${run.warnings.length > 0 && card('Warnings', warnings(run))}
<div class="row">${card('Environment', environmentFacts(run))}${card('Time', html`${facts(timings(run))}${states(run)}`)}</div>
${card('Config', configTable(run.config, run.origins))}
${card('Artifacts', artifacts(run, links))}`,
  );
}

function header(run: RunRecord): Html {
  const { metric, mode } = monitorOf(run);
  const best = bestPoint(curvesOf(run).byName.get(metric), mode);
  const figures: [string, string][] = [];
  if (best) figures.push([`best ${metric}`, formatNumber(best.y)]);
  for (const name of ['test/combined', 'test/gender_accuracy', 'test/identity_top1'])
    if (run.scores[name] !== undefined) figures.push([name, formatNumber(run.scores[name])]);
  figures.push(['time', formatDuration(seconds(run), { tenths: true })]);
  const description = plain(run.config.description);
  return html`<header><h1>${run.id} ${badge(run.status)}</h1>
${description !== '' && html`<p class="muted">${description}</p>`}
<div class="figures">${figures.map(([name, value]) => html`<div><span>${name}</span><strong>${value}</strong></div>`)}</div></header>`;
}

function failureRows(failure: NonNullable<RunRecord['failure']>): [string, string][] {
  return Object.entries(failure).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, plain(value)]],
  );
}

function warnings(run: RunRecord): Html {
  return facts(
    run.warnings.map(({ code, message, count }) => [
      plain(code),
      `${plain(message)}${count > 1 ? ` (${count} times)` : ''}`,
    ]),
  );
}

/** What the orchestrator measured, else what lies between the first and the last entry. */
function seconds({ seconds: measured, begun, ended }: RunRecord): number | undefined {
  if (measured !== undefined) return measured;
  return begun === undefined || ended === undefined ? undefined : (ended - begun) / 1000;
}

function timings(run: RunRecord): [string, string][] {
  const epochs = curvesOf(run);
  const speeds = epochs.byName.get('train/images_per_second')?.map(({ y }) => y) ?? [];
  const finite = speeds.filter(Number.isFinite);
  const rows: [string, string][] = [
    ['begun', formatTime(run.begun)],
    ['ended', formatTime(run.ended)],
    ['trained for', formatDuration(seconds(run), { tenths: true })],
    ['starts', String(run.states.filter(({ state }) => state === 'started').length)],
  ];
  if (finite.length > 0)
    rows.push([
      'training images a second, median',
      formatNumber(finite.sort((a, b) => a - b)[finite.length >> 1]),
    ]);
  for (const name of ['epochs', 'steps', 'ended'])
    if (run.summary[name] !== undefined)
      rows.push([name === 'ended' ? 'ended by' : name, plain(run.summary[name])]);
  return rows;
}

function states({ states }: RunRecord): Html | undefined {
  if (states.length === 0) return undefined;
  return html`<details><summary>${states.length} entries of state</summary>${facts(
    states.map((entry) => {
      const { time, state, ...rest } = entry;
      const more = Object.entries(rest).map(([name, value]) => `${name} ${plain(value)}`);
      return [formatTime(time), html`${plain(state)} <span class="muted">${more.join(', ')}</span>`];
    }),
  )}</details>`;
}

function artifacts(run: RunRecord, links: string | undefined): Html {
  const rows = run.artifacts.map(({ path, kind, bytes: size }): [Html, string] => [
    html`${links !== undefined && size !== undefined && isWithin(path) ? html`<a href="${href(links, path)}">${path}</a>` : path}`,
    [plain(kind), size === undefined ? 'missing' : formatBytes(size)].filter(Boolean).join(', '),
  ]);
  if (rows.length === 0) return html`<p class="muted">No artifacts were recorded.</p>`;
  return html`<div class="scroll"><table><tbody>${rows.map(
    ([name, rest]) => html`<tr><td>${name}</td><td class="n muted">${rest}</td></tr>`,
  )}</tbody></table></div>`;
}

const href = (links: string, path: string): string =>
  `${links}${path.split(/[\\/]/).map(encodeURIComponent).join('/')}`;
